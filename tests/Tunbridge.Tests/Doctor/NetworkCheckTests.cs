// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Tunbridge.Doctor;
using Tunbridge.Doctor.Checks;
using Tunbridge.Doctor.Facts;

namespace Tunbridge.Tests.Doctor;

/// <summary>Network checks on facts that this kernel cannot be brought into (no br_netfilter, no IPv6).</summary>
public sealed class NetworkCheckTests
{
    private static readonly CardFacts s_bridged = new() { Name = "tap0", IsCard = true, IsTap = true, Master = "br0" };

    [Fact]
    public void BridgeFilter_OnWithABridgedTap_Warns()
    {
        Check check = NetworkChecks.BridgeFilter(Facts([s_bridged], ("net/bridge/bridge-nf-call-iptables", 1)));
        Assert.Equal(CheckStatus.Warn, check.Status);
        Assert.Contains("iptables -I FORWARD -i br0 -o br0 -j ACCEPT", check.Fix!.Commands);
        Assert.Contains("sysctl -w net.bridge.bridge-nf-call-iptables=0", check.Fix.Commands);
    }

    [Fact]
    public void BridgeFilter_OnWithoutABridgedTap_IsFine() => Assert.Equal(
        CheckStatus.Ok,
        NetworkChecks.BridgeFilter(Facts([s_bridged with { Master = null }], ("net/bridge/bridge-nf-call-iptables", 1))).Status);

    [Fact]
    public void IPv6_KernelWithout_Warns()
    {
        Check check = NetworkChecks.IPv6(Facts([]));
        Assert.Equal(CheckStatus.Warn, check.Status);
        Assert.Contains("ipv6.disable=1", check.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void All_InterfacesNotToBeListed_IsSkippedWithTheReason()
    {
        NetworkFacts network = Facts([]) with { Refusal = "socket NETLINK_ROUTE: Permission denied (EACCES)" };
        Check check = Assert.Single(NetworkChecks.All(network));
        Assert.Equal(CheckStatus.Skip, check.Status);
        Assert.Contains("EACCES", check.Summary, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.1.2.3", 24, "10.1.2.0/24")]
    [InlineData("10.1.2.3", 31, "10.1.2.2/31")]
    [InlineData("10.1.2.3", 0, "0.0.0.0/0")]
    [InlineData("10.1.2.3", 32, "10.1.2.3/32")]
    [InlineData("fd00:1:2:3ff::1", 54, "fd00:1:2::/54")]
    [InlineData("fe80::1", 64, "fe80::/64")]
    public void ConnectedPrefix_HostBits_AreCut(string address, int length, string network) =>
        Assert.Equal(network, ConnectedPrefix.Of(IPAddress.Parse(address), length).Network.ToString());

    [Fact]
    public void Prefixes_LinkLocal_IsSharedByNature()
    {
        ConnectedPrefix local = ConnectedPrefix.Of(IPAddress.Parse("fe80::1"), 64);
        CardFacts[] cards = [.. new[] { "tap0", "tap1" }.Select(n => s_bridged with { Name = n, Master = null, Prefixes = [local] })];
        Assert.Equal(CheckStatus.Ok, NetworkChecks.Prefixes(Facts(cards)).Status);
    }

    private static NetworkFacts Facts(IReadOnlyList<CardFacts> cards, params (string Path, int Value)[] sysctls) => new()
    {
        Interfaces = cards,
        Sysctl = path => sysctls.Where(s => s.Path == path).Select(s => (int?)s.Value).FirstOrDefault(),
    };
}
