// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Tunbridge.DropIns;
using Tunbridge.Testing;

namespace Tunbridge.Tests.DropIns;

/// <summary>Two fresh namespaces: the real program works in one, ours in the other.</summary>
internal sealed class Pair : IDisposable
{
    private const string Nobody = "65534";

    private readonly CaseList.Scenario _scenario;
    private readonly TestNamespace _real = new();
    private readonly TestNamespace _ours = new();

    internal Pair(CaseList.Scenario scenario)
    {
        _scenario = scenario;
        // Link-local addresses come from random hardware addresses and at the kernel's leisure.
        foreach (TestNamespace side in (TestNamespace[])[_real, _ours])
            side.Run(() => File.WriteAllText("/proc/sys/net/ipv6/conf/default/addr_gen_mode", "1"));
    }

    /// <summary>Our program as tests run it for another user.</summary>
    internal static string OurProgram => Path.Combine(AppContext.BaseDirectory, "tunbridge");

    /// <summary>Runs all lines; gives the differences, empty when there are none.</summary>
    internal async Task<List<string>> CompareAsync(CancellationToken cancellationToken)
    {
        List<string> differences = [];
        foreach (CaseList.Line line in _scenario.Lines)
        {
            switch (line.Words[0])
            {
                case "exact":
                    break;
                case "tunctl" or "ifconfig":
                    await SettleAsync(_real, cancellationToken);
                    await SettleAsync(_ours, cancellationToken);
                    Compare(line, differences);
                    break;
                default:
                    Prepare(_real, line);
                    Prepare(_ours, line);
                    break;
            }
        }

        return differences;
    }

    public void Dispose()
    {
        _real.Dispose();
        _ours.Dispose();
    }

    private static void Prepare(TestNamespace side, CaseList.Line line)
    {
        CommandResult result = side.Exec(line.Words[0], line.Arguments);
        Assert.True(result.ExitCode == 0, $"{line.Text}: {result.Error}");
    }

    private void Compare(CaseList.Line line, List<string> differences)
    {
        string program = RealTool.Find(line.Words[0])!;
        CommandResult real = line.AsNobody
            ? _real.Exec("setpriv", ["--reuid", Nobody, "--regid", Nobody, "--clear-groups", program, .. line.Arguments])
            : _real.Exec(program, line.Arguments);
        CommandResult ours = line.AsNobody
            ? _ours.Exec("setpriv", ["--reuid", Nobody, "--regid", Nobody, "--clear-groups", OurProgram, line.Words[0], .. line.Arguments])
            : RunOurs(program, line);
        string realText = Describe(real, program), ourText = Describe(ours, line.AsNobody ? line.Words[0] : program);
        if (realText != ourText)
            differences.Add($"$ {line.Text}\n--- real\n{realText}--- ours\n{ourText}");
        string realState = State(_real), ourState = State(_ours);
        if (realState != ourState)
            differences.Add($"$ {line.Text}\n--- real leaves\n{realState}--- ours leaves\n{ourState}");
    }

    private CommandResult RunOurs(string program, CaseList.Line line) => _ours.Run(() =>
    {
        using StringWriter output = new(), error = new();
        int code = line.Words[0] == "tunctl"
            ? TunctlCommand.Run(program, line.Arguments, output, error)
            : IfconfigCommand.Run(program, line.Arguments, output, error);
        return new CommandResult { ExitCode = code, Output = output.ToString(), Error = error.ToString() };
    });

    /// <summary>The three results; the name typed, which usage texts repeat, is the same on both sides.</summary>
    private string Describe(CommandResult result, string program) => Masks.Output(
        $"out: {result.Output}\nerr: {result.Error.Replace(program, "ARGV0", StringComparison.Ordinal)}\nrc: {result.ExitCode}\n",
        _scenario);

    private string State(TestNamespace side) =>
        Masks.State(side.Ip("-d -o link") + side.Ip("-o addr"), _scenario);

    /// <summary>Waits until the kernel has noticed that cards nobody serves have no carrier: up to a second later.</summary>
    private static async Task SettleAsync(TestNamespace side, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Generous.Patience);
        while (!IsSettled(side.Ip("-d -j link")))
            await Task.Delay(TimeSpan.FromMilliseconds(20), limit.Token);
    }

    private static bool IsSettled(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        foreach (JsonElement link in document.RootElement.EnumerateArray())
        {
            HashSet<string?> flags = [.. link.GetProperty("flags").EnumerateArray().Select(f => f.GetString())];
            if (!flags.Contains("UP") || flags.Contains("LOOPBACK"))
                continue;
            bool isCard = link.TryGetProperty("linkinfo", out JsonElement info) &&
                info.GetProperty("info_kind").GetString() == "tun";
            string? state = link.GetProperty("operstate").GetString();
            // The carrier is at once what it is; the operational state, by which tools say RUNNING, follows up to a second later.
            if (state == "UNKNOWN" || (isCard && !flags.Contains("NO-CARRIER")) || flags.Contains("LOWER_UP") != (state == "UP"))
                return false;
        }

        return true;
    }
}
