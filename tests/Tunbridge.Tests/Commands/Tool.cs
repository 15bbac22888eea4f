// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tunbridge.Testing;

namespace Tunbridge.Tests.Commands;

/// <summary>The built program, run as a process, and what the kernel has before and after.</summary>
internal static partial class Tool
{
    /// <summary>The built program beside the tests.</summary>
    internal static string Path { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "tunbridge");

    /// <summary>Runs it with words separated by blanks.</summary>
    internal static CommandResult Tunbridge(this TestNamespace space, string line) => space.Exec(Path, Words(line));

    /// <summary>Runs it with arguments that may have blanks.</summary>
    internal static CommandResult TunbridgeWith(this TestNamespace space, params IEnumerable<string> arguments) =>
        space.Exec(Path, arguments);

    /// <summary>Runs it and fails the test unless it returns 0.</summary>
    internal static string Must(this TestNamespace space, string line)
    {
        CommandResult result = space.Tunbridge(line);
        Assert.True(result.ExitCode == 0, $"tunbridge {line}: exit {result.ExitCode}: {result.Error}{result.Output}");
        return result.Output;
    }

    internal static Process StartTunbridge(this TestNamespace space, string line) => space.Start(Path, Words(line));

    /// <summary>Everything that `ip` tells of links, addresses, routes and neighbours, but what changes by itself.</summary>
    internal static string Dump(this TestNamespace space)
    {
        string all = space.Ip("-j -d addr") + space.Ip("-j -d route show table all") + space.Ip("-6 -j -d route show table all");
        return Wandering().Replace(all, "");
    }

    /// <summary>One link as `ip -j -d` shows it.</summary>
    internal static JsonElement Link(this TestNamespace space, string name) =>
        JsonDocument.Parse(space.Ip($"-j -d addr show dev {name}")).RootElement[0];

    internal static bool HasLink(this TestNamespace space, string name) =>
        space.Exec("ip", "link", "show", "dev", name).ExitCode == 0;

    internal static bool HasFlag(this JsonElement link, string flag) =>
        link.GetProperty("flags").EnumerateArray().Any(f => f.GetString() == flag);

    /// <summary>The addresses of a link as `ip` shows them, without those that the kernel made itself.</summary>
    internal static string[] GivenAddresses(this JsonElement link) =>
    [
        .. link.GetProperty("addr_info").EnumerateArray()
            .Where(a => a.GetProperty("scope").GetString() != "link" || a.GetProperty("family").GetString() == "inet")
            .Select(a => $"{a.GetProperty("local").GetString()}/{a.GetProperty("prefixlen").GetInt32()}"),
    ];

    internal static JsonElement InfoData(this JsonElement link) => link.GetProperty("linkinfo").GetProperty("info_data");

    /// <summary>The one document on standard output.</summary>
    internal static JsonElement Json(this CommandResult result)
    {
        JsonElement document = JsonDocument.Parse(result.Output).RootElement;
        Assert.Equal(1, document.GetProperty("schemaVersion").GetInt32());
        return document;
    }

    /// <summary>One line on standard error, nothing on standard output, this exit code; gives the line.</summary>
    internal static string AssertOneLine(this CommandResult result, int exitCode)
    {
        string all = $"exit {result.ExitCode}, stdout '{result.Output}', stderr '{result.Error}'";
        Assert.True(result.ExitCode == exitCode, all);
        Assert.True(result.Output.Length == 0, all);
        Assert.True(result.Error.EndsWith('\n') && result.Error.Count(c => c == '\n') == 1, all);
        Assert.True(result.Error.StartsWith("tunbridge: ", StringComparison.Ordinal), all);
        return result.Error.TrimEnd('\n');
    }

    internal static void Signal(Process process, string signal) =>
        Assert.Equal(0, CommandResult.Of("kill", $"-{signal}", $"{process.Id}").ExitCode);

    /// <summary>Waits for the end of a program whose streams are read here.</summary>
    internal static async Task<CommandResult> EndAsync(Process process)
    {
        using CancellationTokenSource timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        // A build on a machine that does much else takes minutes.
        timeout.CancelAfter(TimeSpan.FromMinutes(10));
        Task<string> output = process.StandardOutput.ReadToEndAsync(timeout.Token);
        Task<string> error = process.StandardError.ReadToEndAsync(timeout.Token);
        try
        {
            await process.WaitForExitAsync(timeout.Token);
            return new() { ExitCode = process.ExitCode, Output = await output, Error = await error };
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    internal static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    // Lifetimes run, addresses are tried out, a bridge's limits follow the ports it had, and the operational state follows a second later.
    [GeneratedRegex("\"NO-CARRIER\",|\"linkdown\"|\"(operstate|tso_max_size|tso_max_segs|valid_life_time|preferred_life_time|expires|tentative)\":[^,}]*,?")]
    private static partial Regex Wandering();
}
