// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace Tunbridge.Testing;

/// <summary>A terminal of a program's own, by script(1): what goes to its standard input is typed, what it prints is shown.</summary>
/// <remarks>
/// script(1) has a shell start the program, by SHELL or else /bin/sh, where dash stays as the program's parent and dies of
/// every Ctrl-C that the program survives. So the shell is always the same one, and the program takes its place.
/// </remarks>
public static class TypedTerminal
{
    /// <summary>Starts a program at a terminal; its exit code is the process's.</summary>
    public static Process Start(TestNamespace space, string program, params IEnumerable<string> arguments)
    {
        RealTool.Require("script");
        return space.Start("env", Words(program, arguments));
    }

    /// <summary>Runs a program to its end at a terminal where nothing is typed.</summary>
    public static CommandResult Exec(TestNamespace space, string program, params IEnumerable<string> arguments)
    {
        RealTool.Require("script");
        return space.Exec("env", Words(program, arguments));
    }

    private static string[] Words(string program, IEnumerable<string> arguments) =>
    [
        "SHELL=/bin/sh", "script", "-qfec", $"exec {string.Join(' ', arguments.Prepend(program).Select(Quote))}", "/dev/null",
    ];

    private static string Quote(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
