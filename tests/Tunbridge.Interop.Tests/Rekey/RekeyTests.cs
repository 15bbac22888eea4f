// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Interop.Tests.Peers;
using Tunbridge.Testing;

namespace Tunbridge.Interop.Tests.Rekey;

/// <summary>New keys again and again, all setups at the same time: no more is lost than between two official programs.</summary>
[Collection(AloneCollection.Name)]
public sealed class RekeyTests
{
    private static readonly string[] s_wraps = ["none", "tls-auth-both-SHA256", "tls-auth-0-SHA512", "tls-auth-1-SHA1", "tls-crypt", "tls-crypt-v2"];

    [Fact]
    public async Task Keys_MadeAnewPastTheLastId_LoseNothingThatTheOfficialProgramDoesNot()
    {
        RealTool.Require("openvpn", "ip");
        List<RekeyRun> runs = [];
        foreach (string wrap in s_wraps)
        {
            foreach (bool isServerFirst in (bool[])[true, false])
            {
                runs.Add(new() { Wrap = wrap, Server = TunnelProgram.Official, Client = TunnelProgram.Ours, IsServerFirst = isServerFirst });
                runs.Add(new() { Wrap = wrap, Server = TunnelProgram.Ours, Client = TunnelProgram.Official, IsServerFirst = isServerFirst });
            }
        }

        runs.Add(new() { Wrap = "none", Server = TunnelProgram.Official, Client = TunnelProgram.Official, IsServerFirst = true });
        runs.Add(new() { Wrap = "tls-crypt", Server = TunnelProgram.Official, Client = TunnelProgram.Official, IsServerFirst = false });
        await Task.WhenAll(runs.Select(r => r.RunAsync(TestContext.Current.CancellationToken)));

        foreach (RekeyRun run in runs)
            Results.Write($"{RekeyRun.Count} times new keys: {run}");
        Assert.True(runs.TrueForAll(r => r.Mistake is null), string.Join("\n\n", runs.Select(r => r.Mistake).Where(m => m is not null)));
        int reference = runs.Where(r => r.IsReference).Max(r => r.Lost);
        foreach (RekeyRun run in runs.FindAll(r => r.Lost > reference))
            Assert.True(await IsNoWorseAloneAsync(run), $"the reference loses {reference}, and less each time again:\n{run}\n{run.Logs}");
    }

    /// <summary>Whether a setup, with nothing but the official program beside it, loses no more than that.</summary>
    /// <remarks>
    /// With all at the same time, who loses the packet that a busy machine is late with is chance. What a setup loses by
    /// itself, at one of so many new keys, it loses again.
    /// </remarks>
    private static async Task<bool> IsNoWorseAloneAsync(RekeyRun run)
    {
        for (int i = 0; i < 3; i++)
        {
            RekeyRun again = run with { Server = run.Server }, official = run with { Server = TunnelProgram.Official, Client = TunnelProgram.Official };
            await Task.WhenAll(((RekeyRun[])[again, official]).Select(r => r.RunAsync(TestContext.Current.CancellationToken)));
            Assert.True((again.Mistake ?? official.Mistake) is null, again.Mistake ?? official.Mistake);
            Results.Write($"once more: {again}; {official}");
            if (again.Lost <= official.Lost)
                return true;
        }

        return false;
    }
}
