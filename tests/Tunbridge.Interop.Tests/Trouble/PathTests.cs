// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Interop.Tests.Cases;
using Tunbridge.Interop.Tests.Peers;
using Tunbridge.Testing;

namespace Tunbridge.Interop.Tests.Trouble;

/// <summary>A path between the hosts that becomes narrower than the cards of both, under way.</summary>
public sealed class PathTests
{
    public static TheoryData<string, string> RolesAndProtocols =>
        [.. Scene.Roles.SelectMany(_ => (string[])["udp4", "udp6"], (role, protocol) => (role.Data, protocol))];

    [Theory]
    [MemberData(nameof(RolesAndProtocols))]
    public async Task Path_ThatARouterNarrowsAndTellsOf_CarriesOn(string role, string protocol)
    {
        using Scene scene = new(role);
        using Router router = new(scene.Hosts);
        scene.Write(protocol);
        await scene.StartAsync();
        await scene.Transfers(1_000_000);

        router.Narrow(1280);

        await scene.Timed($"3 MB each way over {protocol} after a router has narrowed to 1280", () => scene.Transfers(3_000_000));
        Assert.Equal(1, scene.Client.Count("Initialization Sequence Completed"));
    }

    /// <summary>What is too long never arrives, and nobody hears of it: neither program finds out, and both go on when the path is wide again.</summary>
    [Theory]
    [MemberData(nameof(Scene.Roles), MemberType = typeof(Scene))]
    public async Task Path_ThatIsNarrowWithoutAWord_CarriesWhatFitsAndTheRestAfterwards(string role)
    {
        using Scene scene = new(role);
        using Router router = new(scene.Hosts);
        scene.Write("udp4", "keepalive 2 20\n");
        await scene.StartAsync();
        await scene.Pings();

        router.BeSilent();
        router.Narrow(1280);
        Task transfers = scene.Transfers(500_000);
        Task first = await Task.WhenAny(transfers, Task.Delay(TimeSpan.FromSeconds(Long.IsOn ? 10 : 3), TestContext.Current.CancellationToken));
        Results.Write($"a silent path of 1280, {role}: the transfer {(first == transfers ? "came through" : "waits")}");
        await scene.Pings();
        Assert.NotEqual(0, Ping(scene, 1300).ExitCode);
        router.Narrow(1500);

        await scene.Timed("500 kB each way after the silent path was wide again", () => transfers);
        Assert.Equal(1, scene.Client.Count("Initialization Sequence Completed"));
    }

    private static CommandResult Ping(Scene scene, int size) =>
        scene.Hosts.Client.Exec("ping", "-c", "1", "-W", "1", "-M", "do", "-s", $"{size}", CaseFiles.Inner4);
}
