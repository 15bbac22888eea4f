// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace Tunbridge.Linux.Tests;

/// <summary>Core dumps, in a process of their own: what is turned off stays off.</summary>
public sealed class CoreDumpTests
{
    [Fact]
    public void TurnOff_InAProcess_IsWhatTheKernelSays()
    {
        string probe = AppContext.BaseDirectory.Replace("Tunbridge.Linux.Tests", "Tunbridge.Probe", StringComparison.Ordinal) + "Tunbridge.Probe.dll";
        using Process process = Process.Start(new ProcessStartInfo("dotnet", [probe, "core-dumps"])
        {
            RedirectStandardOutput = true,
        })!;
        Assert.Matches(@"^True False Max core file size +0 +0 ", process.StandardOutput.ReadToEnd());
        process.WaitForExit();
    }
}
