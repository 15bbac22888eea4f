// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Hosting.OpenVpn;
using Tunbridge.Testing;

namespace Tunbridge.Hosting.Tests.OpenVpn;

/// <summary>From where our client speaks, whom it hears, and how long it waits.</summary>
public sealed class ClientSocketTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SeveralRemotes_AreTriedInTheirOrder()
    {
        await using ClientRig rig = new();

        rig.Start("proto tcp4\nconnect-retry-max 1\nremote 10.98.0.1 2003\nremote 10.98.0.1 2001\nremote 10.98.0.1 2002");
        Assert.Equal(OpenVpnClientEnd.RetriesSpent, await rig.Completion.WaitAsync(TimeSpan.FromMinutes(1), Stop));

        Assert.Equal(["2003", "2001", "2002"], rig.Log.Text.Split('\n')
            .Where(l => l.Contains("Attempting to establish TCP connection", StringComparison.Ordinal)).Select(l => l[(l.LastIndexOf(':') + 1)..].Trim()));
    }

    [Fact]
    public async Task PauseBetweenTries_DoublesFromTheSixthRoundOnUpToItsLimit()
    {
        await using ClientRig rig = new();

        rig.Start("proto tcp4\nconnect-retry 1 2\nconnect-retry-max 8");
        Assert.Equal(OpenVpnClientEnd.RetriesSpent, await rig.Completion.WaitAsync(TimeSpan.FromMinutes(1), Stop));

        string[] pauses = [.. rig.Log.Text.Split('\n').Where(l => l.Contains("Restart pause", StringComparison.Ordinal)).Select(l => l.Split(' ').SkipWhile(w => w != "pause,").ElementAt(1))];
        Assert.Equal(["1", "1", "1", "1", "1", "2", "2"], pauses);
    }

    [Fact]
    public async Task LocalAddressAndPort_AreWhereTheServerSeesIt()
    {
        await using ClientRig rig = new();
        rig.Space.Ip("addr add 10.98.0.22/24 dev w0");
        RealOpenVpn server = rig.Serve("");

        rig.Start("lport 4567\nlocal 10.98.0.22");
        await rig.Connected();

        Assert.True(rig.Log.HasSaid("UDPv4 link local (bound): [AF_INET]10.98.0.22:4567"), rig.Log.Text);
        Assert.True(server.HasSaid("Peer Connection Initiated with [AF_INET]10.98.0.22:4567"), server.Log);
    }

    [Theory]
    [InlineData("float", true)]
    [InlineData("", false)]
    public async Task AnswersFromAnotherAddress_CountWithFloatAlone(string line, bool counts)
    {
        await using ClientRig rig = new();
        rig.ServerSpace.Ip("addr add 10.98.0.3/24 dev v0");
        rig.Serve("");

        // The kernel answers from the first address.
        rig.Start($"{line}\nserver-poll-timeout 4\nconnect-retry-max 1\nremote 10.98.0.3 1194");
        if (counts)
        {
            await rig.Connected();
            rig.AssertPings("10.8.0.1");
        }
        else
        {
            Assert.Equal(OpenVpnClientEnd.RetriesSpent, await rig.Completion.WaitAsync(TimeSpan.FromMinutes(1), Stop));
            Assert.Equal(1, rig.Log.Count("Incoming packet rejected from [AF_INET]10.98.0.1:1194[2], expected peer address: [AF_INET]10.98.0.3:1194"));
        }
    }
}
