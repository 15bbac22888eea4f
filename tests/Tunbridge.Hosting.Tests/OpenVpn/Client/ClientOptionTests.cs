// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Hosting.OpenVpn;
using Tunbridge.Testing;

namespace Tunbridge.Hosting.Tests.OpenVpn;

/// <summary>What a client takes of a push: the same file for the official program and for ours, and the same host afterwards.</summary>
public sealed class ClientOptionTests
{
    private const string Pushes = "push \"route 10.77.0.0 255.255.0.0\"\npush \"route 10.78.0.0 255.255.0.0 vpn_gateway 9\"\npush \"route-ipv6 fd99::/64\"\n" +
        "push \"redirect-gateway def1\"\npush \"dhcp-option DNS 10.8.0.1\"";

    [Theory]
    [InlineData("route-nopull")]
    [InlineData("route-nopull\nroute 10.66.0.0 255.255.0.0")]
    [InlineData("route-noexec")]
    [InlineData("ifconfig-noexec\nroute-noexec")]
    [InlineData("pull-filter ignore \"route \"\npull-filter ignore redirect")]
    [InlineData("pull-filter accept \"route 10.77\"\npull-filter ignore \"route \"\npull-filter ignore redirect")]
    public async Task Options_ThatLimitThePush_LeaveTheHostAsOpenvpnDoes(string lines)
    {
        await using ClientRig rig = new();
        rig.Space.Ip("route add default via 10.98.0.1");
        rig.Serve(Pushes);
        RealOpenVpn official = rig.StartOfficial($"explicit-exit-notify 1\n{lines}");
        await rig.Holds(() => official.HasSaid("Initialization Sequence Completed"), "the official client connected");
        string theirs = Host(rig);
        official.Signal("TERM");
        await rig.Holds(() => official.HasEnded, "the official client has ended");

        rig.Start(lines);
        await rig.Connected();

        Assert.Equal(theirs, Host(rig));
    }

    [Fact]
    public async Task PullFilter_ThatRejects_TriesAgainAndAgainAsOpenvpnDoes()
    {
        await using ClientRig rig = new();
        rig.Serve(Pushes);

        rig.Start("connect-retry-max 2\npull-filter reject \"route 10.78\"");
        Assert.Equal(OpenVpnClientEnd.RetriesSpent, await rig.Completion.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));

        Assert.True(rig.Log.HasSaid("Pushed option rejected by filter: 'route 10.78.0.0 255.255.0.0 vpn_gateway 9'. Restarting."), rig.Log.Text);
        Assert.Equal(0, rig.Cards);
    }

    // Addresses and routes, without the marks by which we know ours, and without our lock on the server's way.
    private static string Host(ClientRig rig)
    {
        string addresses = string.Join('\n', rig.Space.Ip("-o addr show dev tun0").Split('\n').Where(l => !l.Contains("fe80", StringComparison.Ordinal)).Select(l => l[(l.IndexOf(':', StringComparison.Ordinal) + 1)..].Split("\\")[0].Replace(" tentative", "", StringComparison.Ordinal).Trim()));
        IEnumerable<string> routes = (rig.Space.Ip("route") + rig.Space.Ip("-6 route")).Split('\n')
            .Where(l => !l.StartsWith("fe80", StringComparison.Ordinal) && !l.StartsWith("unreachable", StringComparison.Ordinal) && !l.StartsWith("10.98.0.1 ", StringComparison.Ordinal))
            .Select(l => System.Text.RegularExpressions.Regex.Replace(l, " proto (?!kernel)\\S+", "").Trim());
        return $"{addresses}\n{string.Join('\n', routes.Order(StringComparer.Ordinal))}";
    }
}
