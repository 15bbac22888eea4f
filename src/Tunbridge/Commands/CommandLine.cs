// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;

namespace Tunbridge.Commands;

/// <summary>The commands of the program, in the order in which help lists them.</summary>
internal static class CommandLine
{
    internal static RootCommand Create()
    {
        RootCommand root = new("Virtual network cards (TUN and TAP) for Linux: check, create, show, capture, declare.");
        root.Add(Doctor.DoctorCommand.Create());
        return root;
    }
}
