// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;

namespace Tunbridge.Commands;

/// <summary>How a command runs and what it writes: options that several commands have, with one meaning.</summary>
internal static class RunOptions
{
    internal static Option<bool> Json() => new("--json") { Description = "Print one JSON document instead of text" };

    internal static Option<bool> DryRun(string description = "Only say what would be done, with the kernel's own operations") =>
        new("--dry-run", "-n") { Description = description };

    internal static Option<bool> Force() =>
        new("--force") { Description = "Do it even where it overlaps or takes over what other interfaces have" };

    internal static Option<string?> Save() => new("--save")
    {
        Description = "Write it into this file too, whose card it then is; comments and layout stay",
        HelpName = "FILE",
    };
}
