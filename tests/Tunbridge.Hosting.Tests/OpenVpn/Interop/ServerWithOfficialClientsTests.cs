// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Testing;

namespace Tunbridge.Hosting.Tests.OpenVpn.Interop;

/// <summary>Our whole server, with a card, against clients of the official program.</summary>
public sealed class ServerWithOfficialClientsTests
{
    [Fact]
    public async Task Udp_Connects_PingsBothWaysAndLeaves()
    {
        await using ServerRig rig = ServerRig.Start("server-ipv6 fd00:8::/64\nkeepalive 1 30");
        ClientEnd end = rig.AddEnd();
        RealOpenVpn client = await rig.ConnectAsync(end, lines: "explicit-exit-notify 1");
        Assert.True(end.Pings("10.8.0.1"), rig.Log.Text + client.Log);
        Assert.True(end.Pings("10.8.0.1", size: 1400), rig.Log.Text + client.Log);
        Assert.True(end.Pings("fd00:8::1"), rig.Log.Text + client.Log);
        Assert.Equal(0, rig.Space.Exec("ping", "-c", "2", "-i", "0.2", "10.8.0.2").ExitCode);
        Assert.Equal(0, rig.Space.Exec("ping", "-c", "2", "-i", "0.2", "fd00:8::1000").ExitCode);
        client.Signal("TERM");
        await rig.Holds(() => rig.Log.HasSaid("remote-exit"), "left", client);
        await rig.Holds(() => rig.Server.Snapshot().Clients.Count == 0, "gone", client);
    }
}
