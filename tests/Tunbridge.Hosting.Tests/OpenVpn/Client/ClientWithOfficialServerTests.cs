// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Hosting.OpenVpn;
using Tunbridge.Testing;

namespace Tunbridge.Hosting.Tests.OpenVpn;

/// <summary>Our client with card and host against the official server.</summary>
public sealed class ClientWithOfficialServerTests
{
    [Fact]
    public async Task Client_OverUdp_PingsBothFamiliesAndLeavesTheHostAsItWas()
    {
        await using ClientRig rig = new();
        string before = rig.Space.Ip("route show table all");
        RealOpenVpn server = rig.Serve("push \"route 10.77.0.0 255.255.0.0\"\nkeepalive 2 10\nexplicit-exit-notify 1");

        rig.Start("explicit-exit-notify 1");
        await rig.Connected();

        rig.AssertPings("10.8.0.1");
        rig.AssertPings("fd08::1");
        Assert.Contains("10.77.0.0/16 via 10.8.0.1 dev tun0", rig.Space.Ip("route"), StringComparison.Ordinal);
        OpenVpnClientStatus status = rig.Client.Snapshot();
        Assert.Equal(OpenVpnClientState.Connected, status.State);
        Assert.Equal("10.8.0.2", status.Address?.ToString());
        Assert.True(status.Counters!.PacketsReceived > 0);
        Assert.Equal(OpenVpnClientEnd.Stopped, await rig.StopAsync());
        Assert.Equal(before, rig.Space.Ip("route show table all"));
        await rig.Holds(() => server.HasSaid("remote-exit"), "the server hears that the client leaves");
    }
}
