// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace Tunbridge.Testing;

/// <summary>What a finished program printed and returned.</summary>
public sealed record CommandResult
{
    public required int ExitCode { get; init; }

    public required string Output { get; init; }

    public required string Error { get; init; }

    /// <summary>Runs a program to its end, without a shell; standard input is empty.</summary>
    public static CommandResult Of(string program, params IEnumerable<string> arguments)
    {
        using Process process = Start(program, arguments);
        process.StandardInput.Close();
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new() { ExitCode = process.ExitCode, Output = output, Error = error.GetAwaiter().GetResult() };
    }

    /// <summary>Starts a program with its three streams redirected.</summary>
    public static Process Start(string program, params IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        return Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
    }
}
