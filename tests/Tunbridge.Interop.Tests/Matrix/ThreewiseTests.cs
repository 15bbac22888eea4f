// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Interop.Tests.Cases;
using Tunbridge.Interop.Tests.Peers;

namespace Tunbridge.Interop.Tests.Matrix;

/// <summary>Every three values together; started by tests/soak/interop, a share at a time, and going on where it was broken off.</summary>
public sealed class ThreewiseTests
{
    private const int AtOnce = 5;

    [Fact]
    public async Task Cases_OursWithOpenvpn_CarryBothWaysAndEndCleanly()
    {
        Assert.SkipUnless(Long.IsOn, "started by tests/soak/interop");
        int[] shard = [.. (Environment.GetEnvironmentVariable("TUNBRIDGE_SHARD") ?? "1/1").Split('/').Select(w => int.Parse(w, null))];
        string? doneFile = Environment.GetEnvironmentVariable("TUNBRIDGE_DONE");
        HashSet<string> done = doneFile is not null && File.Exists(doneFile) ? [.. File.ReadAllLines(doneFile)] : [];
        InteropCase[] cases = [.. InteropCase.Threewise.Where((_, number) => number % shard[1] == shard[0] - 1).Where(c => !done.Contains($"{c}"))];
        List<string> mistakes = [];
        Lock gate = new();
        await Parallel.ForEachAsync(
            cases,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = TestContext.Current.CancellationToken },
            async (@case, cancellation) =>
            {
                string? mistake = null;
                try
                {
                    await MatrixRun.RunAsync(@case, TunnelProgram.Official, cancellation);
                }
                catch (Xunit.Sdk.FailException e)
                {
                    mistake = e.Message;
                }

                lock (gate)
                {
                    Results.Write($"{(mistake is null ? "good" : "BAD ")} {@case}");
                    if (mistake is not null)
                        mistakes.Add(mistake);
                    else if (doneFile is not null)
                        File.AppendAllText(doneFile, $"{@case}\n");
                }
            });
        Assert.True(mistakes.Count == 0, $"{mistakes.Count} of {cases.Length}:\n{string.Join("\n\n", mistakes)}");
    }
}
