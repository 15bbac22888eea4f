// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Tunbridge.DropIns;
using Tunbridge.DropIns.Openvpn;
using Tunbridge.Programs;

namespace Tunbridge.Commands;

/// <summary>Programs that Tunbridge stands in for, by name.</summary>
internal static class DropIn
{
    /// <summary>Runs with the name it was called by and its arguments; gives the exit code.</summary>
    internal delegate int Entry(string calledAs, string[] arguments);

    internal static Entry? Find(string name) => name switch
    {
        "tunctl" => (calledAs, arguments) => TunctlCommand.Run(calledAs, arguments, Console.Out, Console.Error),
        "ifconfig" => (calledAs, arguments) => IfconfigCommand.Run(calledAs, arguments, Console.Out, Console.Error),
        "openvpn" => (calledAs, arguments) => RunOpenvpn(calledAs, arguments),
        // Not for people: stepping stone to another program, a tunnel below its service, and script of a DHCP client.
        Launcher.Verb => (_, _) => Launcher.Run(),
        OpenvpnCommand.SupervisedVerb => (_, arguments) => OpenvpnCommand.RunSupervised(arguments),
        DhcpEvent.Name => (_, arguments) => DhcpEvent.Run(arguments),
        _ => null,
    };

    private static int RunOpenvpn(string calledAs, string[] arguments)
    {
        using StandardOutput output = new();
        return OpenvpnCommand.Run(calledAs, arguments, output);
    }

    /// <summary>Their entries in help and completion; their arguments are their own, and never come this far.</summary>
    internal static IEnumerable<Command> Commands()
    {
        yield return new("tunctl", "Drop-in: the same as tunctl of uml-utilities, also by a symlink of that name");
        yield return new("ifconfig", "Drop-in: the same as ifconfig of net-tools, also by a symlink of that name");
        yield return new("openvpn", "Drop-in: a tunnel as openvpn runs it, from its own options and files, also by a symlink of that name");
    }
}
