// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using Tunbridge.Testing;

namespace Tunbridge.Samples.Tests;

/// <summary>A program that runs in a namespace until it is interrupted as by Ctrl-C.</summary>
internal sealed class RunningProgram : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _error;

    internal RunningProgram(TestNamespace ns, string program, params IEnumerable<string> arguments)
    {
        _process = ns.Start(program, arguments);
        _error = _process.StandardError.ReadToEndAsync(CancellationToken.None);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Starts a sample.</summary>
    internal static RunningProgram Sample(TestNamespace ns, string sample, params IEnumerable<string> arguments) =>
        new(ns, Path.Combine(Tree.SampleOutput(sample), sample), arguments);

    /// <summary>Waits for a line that has a text in it; fails when the program ends before.</summary>
    internal async Task<string> WaitForLineAsync(string text)
    {
        List<string> seen = [];
        while (await _process.StandardOutput.ReadLineAsync(Token) is string line)
        {
            if (line.Contains(text, StringComparison.Ordinal))
                return line;
            seen.Add(line);
        }

        Assert.Fail($"it ended without '{text}': {string.Join('\n', seen)}\n{await _error}");
        return "";
    }

    /// <summary>Sends what Ctrl-C sends, and gives what was printed since.</summary>
    internal async Task<CommandResult> InterruptAsync()
    {
        string id = _process.Id.ToString(CultureInfo.InvariantCulture);
        Assert.Equal(0, CommandResult.Of("kill", "-INT", id).ExitCode);
        return await WaitForEndAsync();
    }

    /// <summary>Waits for the program to end by itself, and gives what was printed since.</summary>
    internal async Task<CommandResult> WaitForEndAsync()
    {
        string output = await _process.StandardOutput.ReadToEndAsync(Token);
        await _process.WaitForExitAsync(Token);
        return new() { ExitCode = _process.ExitCode, Output = output, Error = await _error };
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
