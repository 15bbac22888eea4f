// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using static Tunbridge.DropIns.InterfaceRequest;

namespace Tunbridge.DropIns;

/// <summary>Prints interfaces in the two layouts of net-tools 2.10.</summary>
internal static class IfconfigRenderer
{
    internal const string ShortHeader =
        "Iface      MTU    RX-OK RX-ERR RX-DRP RX-OVR    TX-OK TX-ERR TX-DRP TX-OVR Flg\n";

    // The thread's own, as in InterfaceCatalog.
    private const string Inet6Path = "/proc/thread-self/net/if_inet6";

    private const string Indent = "        ";

    private static readonly (ushort Flag, string Name)[] s_flagNames =
    [
        (IFF_UP, "UP"), (IFF_BROADCAST, "BROADCAST"), (IFF_DEBUG, "DEBUG"), (IFF_LOOPBACK, "LOOPBACK"),
        (IFF_POINTOPOINT, "POINTOPOINT"), (IFF_NOTRAILERS, "NOTRAILERS"), (IFF_RUNNING, "RUNNING"),
        (IFF_NOARP, "NOARP"), (IFF_PROMISC, "PROMISC"), (IFF_ALLMULTI, "ALLMULTI"), (IFF_SLAVE, "SLAVE"),
        (IFF_MASTER, "MASTER"), (IFF_MULTICAST, "MULTICAST"), (IFF_DYNAMIC, "DYNAMIC"),
    ];

    private static readonly (ushort Flag, char Letter)[] s_flagLetters =
    [
        (IFF_ALLMULTI, 'A'), (IFF_BROADCAST, 'B'), (IFF_DEBUG, 'D'), (IFF_LOOPBACK, 'L'), (IFF_MULTICAST, 'M'),
        (IFF_DYNAMIC, 'd'), (IFF_PROMISC, 'P'), (IFF_NOTRAILERS, 'N'), (IFF_NOARP, 'O'), (IFF_POINTOPOINT, 'P'),
        (IFF_SLAVE, 's'), (IFF_MASTER, 'm'), (IFF_RUNNING, 'R'), (IFF_UP, 'U'),
    ];

    /// <summary>One line of <c>-s</c>.</summary>
    internal static string Short(InterfaceReading reading, InterfaceCounters? counters)
    {
        string head = string.Create(CultureInfo.InvariantCulture, $"{reading.Name,-15} {reading.Mtu,5} ");
        string middle = counters is null
            ? "     - no statistics available -                        "
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{counters.ReceivedPackets,8} {counters.ReceiveErrors,6} {counters.ReceiveDropped,6} {counters.ReceiveOverruns,-6} " +
                $"{counters.SentPackets,8} {counters.SendErrors,6} {counters.SendDropped,6} {counters.SendOverruns,6} ");
        StringBuilder letters = new();
        foreach ((ushort flag, char letter) in s_flagLetters)
        {
            if (reading.Has(flag))
                letters.Append(letter);
        }

        return $"{head}{middle}{(reading.Flags == 0 ? "[NO FLAGS]" : letters)}\n";
    }

    /// <summary>The paragraph of one interface, blank line included.</summary>
    internal static string Long(InterfaceReading reading, InterfaceCounters? counters)
    {
        StringBuilder text = new();
        AppendHead(text, reading);
        AppendInet(text, reading);
        AppendInet6(text, reading.Name);
        AppendHardware(text, reading);
        AppendMedia(text, reading);
        if (counters is not null)
            AppendCounters(text, counters, HardwareClass.Of(reading.HardwareType).CanCompress);
        AppendDevice(text, reading.Map);
        return text.Append('\n').ToString();
    }

    private static void AppendHead(StringBuilder text, InterfaceReading reading)
    {
        // The flags are a signed 16-bit number in the original.
        text.Append(CultureInfo.InvariantCulture, $"{reading.Name}: flags={(short)reading.Flags}");
        string names = string.Join(',', s_flagNames.Where(f => reading.Has(f.Flag)).Select(f => f.Name));
        // With no flag at all the original opens the bracket and never closes it.
        text.Append(reading.Flags == 0 ? "<" : names.Length > 0 ? $"<{names}>" : "");
        text.Append(CultureInfo.InvariantCulture, $"  mtu {reading.Mtu}\n");
    }

    private static void AppendInet(StringBuilder text, InterfaceReading reading)
    {
        if (reading.Address is null)
            return;
        text.Append($"{Indent}inet {InternetText.FormatInet(reading.Address)}  netmask {Or(reading.Netmask)}");
        if (reading.Has(IFF_BROADCAST))
            text.Append($"  broadcast {Or(reading.Broadcast)}");
        if (reading.Has(IFF_POINTOPOINT))
            text.Append($"  destination {Or(reading.Destination)}");
        text.Append('\n');
    }

    private static string Or(byte[]? address) => address is null ? "[NONE SET]" : InternetText.FormatInet(address);

    /// <summary>Reads <c>address ifindex prefix-length scope flags name</c>, all but the name in hexadecimal.</summary>
    private static void AppendInet6(StringBuilder text, string name)
    {
        // Absent where the kernel has no IPv6.
        if (!File.Exists(Inet6Path))
            return;
        foreach (string line in File.ReadLines(Inet6Path))
        {
            string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length != 6 || fields[5] != name)
                continue;
            int length = Convert.ToInt32(fields[2], 16), scope = Convert.ToInt32(fields[3], 16);
            string address = InternetText.FormatInet6(Convert.FromHexString(fields[0]));
            text.Append(
                CultureInfo.InvariantCulture,
                $"{Indent}inet6 {address}  prefixlen {length}  scopeid 0x{scope:x}<{ScopeWords(scope)}>\n");
        }
    }

    private static string ScopeWords(int scope)
    {
        string word = (scope & 0x70) switch
        {
            0x00 => "global",
            0x10 => "host",
            0x20 => "link",
            0x40 => "site",
            _ => "unknown",
        };
        return (scope & 0x80) != 0 ? $"compat,{word}" : word;
    }

    private static void AppendHardware(StringBuilder text, InterfaceReading reading)
    {
        HardwareClass hardware = HardwareClass.Of(reading.HardwareType);
        text.Append($"{Indent}{hardware.Name}");
        if (hardware.Format(reading.HardwareAddress) is { } address)
            text.Append($" {address}");
        if (reading.QueueLength >= 0)
            text.Append(CultureInfo.InvariantCulture, $"  txqueuelen {reading.QueueLength}");
        text.Append($"  ({hardware.Title})\n");
    }

    private static void AppendMedia(StringBuilder text, InterfaceReading reading)
    {
        if (!reading.Has(IFF_PORTSEL))
            return;
        text.Append($"{Indent}media {MediaPort.NameOf(reading.Map.Port)}");
        text.Append(reading.Has(IFF_AUTOMEDIA) ? "autoselect\n" : "\n");
    }

    private static void AppendCounters(StringBuilder text, InterfaceCounters c, bool canCompress) => text.Append(
        $"{Indent}RX packets {c.ReceivedPackets}  bytes {c.ReceivedBytes} ({ByteCountText.Format(c.ReceivedBytes)})\n" +
        (canCompress ? $"{Indent}RX compressed:{c.ReceiveCompressed}\n" : "") +
        $"{Indent}RX errors {c.ReceiveErrors}  dropped {c.ReceiveDropped}  overruns {c.ReceiveOverruns}  frame {c.ReceiveFrame}\n" +
        $"{Indent}TX packets {c.SentPackets}  bytes {c.SentBytes} ({ByteCountText.Format(c.SentBytes)})\n" +
        (canCompress ? $"{Indent}TX compressed {c.SendCompressed}\n" : "") +
        $"{Indent}TX errors {c.SendErrors}  dropped {c.SendDropped} overruns {c.SendOverruns}  " +
        $"carrier {c.Carrier}  collisions {c.Collisions}\n");

    private static void AppendDevice(StringBuilder text, DeviceMap map)
    {
        // A base address below 256 says nothing on the machines the original was written for.
        bool hasBase = map.BaseAddress >= 0x100;
        if (map.Interrupt == 0 && map.MemoryStart == 0 && map.Dma == 0 && !hasBase)
            return;
        text.Append($"{Indent}device ");
        if (map.Interrupt != 0)
            text.Append(CultureInfo.InvariantCulture, $"interrupt {map.Interrupt}  ");
        if (hasBase)
            text.Append(CultureInfo.InvariantCulture, $"base 0x{map.BaseAddress:x}  ");
        if (map.MemoryStart != 0)
            text.Append(CultureInfo.InvariantCulture, $"memory 0x{map.MemoryStart:x}-{map.MemoryEnd:x}  ");
        if (map.Dma != 0)
            text.Append(CultureInfo.InvariantCulture, $"  dma 0x{map.Dma:x}");
        text.Append('\n');
    }
}
