// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.DropIns;

/// <summary>ifconfig's usage text.</summary>
internal static class IfconfigUsage
{
    /// <summary>The line that follows some complaints; the name in it is fixed, whatever the program is called.</summary>
    internal const string Hint = "ifconfig: `--help' gives usage information.\n";

    /// <summary>The families, three a line; "unspec" is known and not listed.</summary>
    private const string Families =
        "    unix (UNIX Domain) inet (DARPA Internet) inet6 (IPv6) \n" +
        "    ax25 (AMPR AX.25) netrom (AMPR NET/ROM) rose (AMPR ROSE) \n" +
        "    ipx (Novell IPX) ddp (Appletalk DDP) ec (Econet) \n" +
        "    ash (Ash) x25 (CCITT X.25) \n";

    /// <summary>Writes it: the text to one place, the two lists always to error output.</summary>
    internal static void Write(TextWriter text, TextWriter error)
    {
        text.Write(
            "Usage:\n" +
            "  ifconfig [-a] [-v] [-s] <interface> [[<AF>] <address>]\n" +
            "  [add <address>[/<prefixlen>]]\n" +
            "  [del <address>[/<prefixlen>]]\n" +
            "  [[-]broadcast [<address>]]  [[-]pointopoint [<address>]]\n" +
            "  [netmask <address>]  [dstaddr <address>]  [tunnel <address>]\n" +
            "  [outfill <NN>] [keepalive <NN>]\n" +
            "  [hw <HW> <address>]  [mtu <NN>]\n" +
            "  [[-]trailers]  [[-]arp]  [[-]allmulti]\n" +
            "  [multicast]  [[-]promisc]\n" +
            "  [mem_start <NN>]  [io_addr <NN>]  [irq <NN>]  [media <type>]\n" +
            "  [txqueuelen <NN>]\n" +
            "  [name <newname>]\n" +
            "  [[-]dynamic]\n" +
            "  [up|down] ...\n" +
            "\n" +
            "  <HW>=Hardware Type.\n" +
            "  List of possible hardware types:\n");
        int count = 0;
        foreach (HardwareClass hardware in HardwareClass.Listed)
        {
            error.Write(count % 3 == 0 ? "    " : "");
            error.Write($"{hardware.Name} ({hardware.Title}) ");
            error.Write(++count % 3 == 0 ? "\n" : "");
        }

        error.Write(count % 3 == 0 ? "" : "\n");
        text.Write("  <AF>=Address family. Default: inet\n  List of possible address families:\n");
        error.Write(Families);
    }
}
