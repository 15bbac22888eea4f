// SPDX-License-Identifier: Apache-2.0
using Tunbridge.DropIns;

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
        _ => null,
    };
}
