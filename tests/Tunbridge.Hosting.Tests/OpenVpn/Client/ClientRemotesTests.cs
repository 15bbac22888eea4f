// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Tunbridge.Hosting.OpenVpn;
using Tunbridge.OpenVpn.Settings;
using Tunbridge.Testing;

namespace Tunbridge.Hosting.Tests.OpenVpn;

/// <summary>Which server, by which address, from where and when: our client with official servers.</summary>
public sealed class ClientRemotesTests
{
    [Fact]
    public async Task Name_WithSeveralAddresses_IsTriedAtEach()
    {
        await using ClientRig rig = new() { Resolve = (_, _, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("10.98.0.77"), IPAddress.Parse("10.98.0.1")]) };
        rig.Serve("");

        rig.Start("server-poll-timeout 2\nremote vpn.example 1194");
        await rig.Connected();

        Assert.Equal("10.98.0.1:1194", rig.Client.Snapshot().RemoteAddress?.ToString());
        // Once for the address where nobody is; a slow machine may need a second round.
        Assert.True(rig.Log.HasSaid("SIGUSR1[soft,server_poll] received"), rig.Log.Text);
    }

    [Fact]
    public async Task Name_ThatIsNotFoundAnyMore_IsTriedWhereItWas()
    {
        int asked = 0;
        await using ClientRig rig = new()
        {
            Resolve = (_, _, _) => Interlocked.Increment(ref asked) == 1 ? Task.FromResult<IPAddress[]>([IPAddress.Parse("10.98.0.1")])
                : Task.FromException<IPAddress[]>(new SocketException((int)SocketError.TryAgain)),
        };
        RealOpenVpn server = rig.Serve("keepalive 1 4");
        rig.Start("persist-tun\nremote vpn.example 1194");
        await rig.Connected();

        server.Kill();
        rig.Serve("keepalive 1 4");
        await rig.Connected(times: 2);

        Assert.True(rig.Log.HasSaid("RESOLVE: Cannot resolve host address: vpn.example:1194 ("), rig.Log.Text);
        Assert.True(rig.Log.HasSaid("; the addresses found last are used"), rig.Log.Text);
        rig.AssertPings("10.8.0.1");
    }

    [Fact]
    public async Task NameThatNobodyAnswersFor_WithAnEarlierAnswer_DoesNotHoldTheClient()
    {
        int asked = 0;
        await using ClientRig rig = new() { Resolve = AskAsync };
        RealOpenVpn server = rig.Serve("keepalive 1 4");
        rig.Start("persist-tun\nremote vpn.example 1194");
        await rig.Connected();

        server.Kill();
        rig.Serve("keepalive 1 4");
        await rig.Connected(times: 2);

        Assert.True(rig.Log.HasSaid("vpn.example:1194 (no answer); the addresses found last are used"), rig.Log.Text);

        async Task<IPAddress[]> AskAsync(string name, AddressFamily family, CancellationToken limit)
        {
            if (Interlocked.Increment(ref asked) > 1)
                await Task.Delay(Timeout.InfiniteTimeSpan, limit);
            return [IPAddress.Parse("10.98.0.1")];
        }
    }

    [Fact]
    public async Task ConnectionBlocks_HaveProtocolAndSettingsOfTheirOwn()
    {
        await using ClientRig rig = new();
        RealOpenVpn server = rig.Serve("keepalive 5 60");

        rig.Start("<connection>\nremote 10.98.0.1 1195 tcp4\n</connection>\n<connection>\nremote 10.98.0.1 1194 udp4\nexplicit-exit-notify 1\n</connection>");
        await rig.Connected();
        await rig.StopAsync();

        Assert.True(rig.Log.HasSaid("TCP: connect to [AF_INET]10.98.0.1:1195 failed"), rig.Log.Text);
        await rig.Holds(() => server.HasSaid("exit message received"), "the second block's own setting counts");
    }

    [Theory]
    [InlineData("remote-random", true)]
    [InlineData("", false)]
    public void RemoteRandom_DrawsAnotherOrderEachTime(string line, bool differs)
    {
        DirectiveReader reader = new(static _ => null);
        reader.Read("client.ovpn", $"client\ndev tun\n{line}\n{string.Concat(Enumerable.Range(1, 20).Select(i => $"remote 192.0.2.{i}\n"))}");
        TunnelConfiguration configuration = TunnelConfigurationBuilder.Build(reader, out _);

        string[] first = [.. OpenVpnClient.OrderRemotes(configuration).Select(r => r.Host)];
        string[] second = [.. OpenVpnClient.OrderRemotes(configuration).Select(r => r.Host)];

        Assert.Equal(first.Order(), second.Order());
        // That two draws are the same happens once in 2 * 10^18.
        Assert.Equal(differs, !first.SequenceEqual(second));
    }
}
