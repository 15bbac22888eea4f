// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Interop.Tests.Cases;
using Tunbridge.Interop.Tests.Peers;

namespace Tunbridge.Interop.Tests.Trouble;

/// <summary>What happens to datagrams and streams on their way. "neither" is the official program with itself, for its times.</summary>
public sealed class BadNetworkTests
{
    [Theory]
    [InlineData("client")]
    [InlineData("server")]
    [InlineData("neither")]
    public async Task Datagrams_TenPercentLostLateAndTwice_ConnectRenewKeysAndCarry(string role)
    {
        using Scene scene = new(role);
        scene.Write("udp4", "reneg-sec 5\n", remotePort: DatagramRelay.Port);
        await using DatagramRelay relay = new(scene.Hosts.Server, TwoHosts.Server4) { Trouble = 0.1 };

        await scene.Timed("connected with 10 % lost, late and twice", scene.StartAsync);
        await scene.Timed("200 kB each way with 10 % lost, late and twice", () => scene.Transfers(200_000));
        await scene.Until(() => scene.Client.Count("Control Channel: TLSv1.3") >= 3, "two new keys");
        await scene.Pings();

        Assert.True(relay.Lost > 20, $"only {relay.Lost} lost");
        Assert.Equal(1, scene.Client.Count("Initialization Sequence Completed"));
    }

    [Theory]
    [MemberData(nameof(Scene.Roles), MemberType = typeof(Scene))]
    public async Task Client_AddressAndPortChangeDuringADownload_GoesOn(string role)
    {
        using Scene scene = new(role);
        scene.Write("udp4", remotePort: DatagramRelay.Port);
        await using DatagramRelay relay = new(scene.Hosts.Server, TwoHosts.Server4);
        await scene.StartAsync();

        Task download = Transfer.DownAsync(
            scene.Hosts.Server, scene.Hosts.Client, CaseFiles.Inner4, TestContext.Current.CancellationToken, Transfer.Length * 3);
        for (int move = 1; move <= 3; move++)
        {
            relay.MoveClient();
            // Something of the client's has to reach the server from there, as acknowledgements do.
            int wanted = move;
            await scene.Timed("followed to another address", () => scene.Until(() => scene.Server.Count("floated from") >= wanted, "the server's following"));
        }

        await scene.Timed("the download with three moves", () => download);
        await scene.Pings();
        Assert.Equal(1, scene.Client.Count("Initialization Sequence Completed"));
    }

    [Theory]
    [MemberData(nameof(Scene.Roles), MemberType = typeof(Scene))]
    public async Task Path_NarrowedTo1280_StillCarries(string role)
    {
        using Scene scene = new(role);
        scene.Write("udp4");
        await scene.StartAsync();
        scene.Hosts.Client.Ip("link set v1 mtu 1280");
        scene.Hosts.Server.Ip("link set v0 mtu 1280");

        await scene.Timed("10 MB each way over a path of 1280", () => scene.Transfers());
    }

    [Theory]
    [MemberData(nameof(Scene.Roles), MemberType = typeof(Scene))]
    public async Task Stream_EveryByteByItself_ConnectsAndCarries(string role)
    {
        using Scene scene = new(role);
        scene.Write("tcp4", remotePort: StreamRelay.Port);
        await using StreamRelay relay = new(scene.Hosts.Server, TwoHosts.Server4, cuts: false);
        await scene.Timed("connected byte by byte", scene.StartAsync);

        await scene.Timed("50 kB each way byte by byte", () => scene.Transfers(50_000));
        Assert.Equal(1, relay.Count);
    }

    [Theory]
    [MemberData(nameof(Scene.Roles), MemberType = typeof(Scene))]
    public async Task Stream_CutAfterEachMessage_ConnectsInTheEnd(string role)
    {
        using Scene scene = new(role);
        scene.Write("tcp4", remotePort: StreamRelay.Port);
        await using StreamRelay relay = new(scene.Hosts.Server, TwoHosts.Server4, cuts: true);
        await scene.Timed("connected over streams that are cut after each message", scene.StartAsync);

        int needed = relay.Count;
        // It has got as far as its options; later connections last longer, and carry packets.
        Assert.True(needed > 5, $"connection {needed} was whole: none before was cut");
        await scene.Pings();
    }
}
