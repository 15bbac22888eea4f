// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Control;
using Tunbridge.OpenVpn.Server;
using Tunbridge.OpenVpn.Settings;
using Tunbridge.OpenVpn.Tests.Support;
using Tunbridge.Testing;

namespace Tunbridge.OpenVpn.Tests.Interop;

/// <summary>What the official server pushes to its first client, and what ours puts together from the same files, are the same in the same order.</summary>
public sealed class PushInteropTests
{
    private const string Subnet = "topology subnet\nserver 10.8.0.0 255.255.255.0\nserver-ipv6 fd00:8::/64";
    private const string Routes = "\npush \"route 10.77.0.0 255.255.255.0\"\npush \"echo route\"\npush \"dhcp-option DNS 10.8.0.1\"\npush \"route-ipv6 fd77::/64\"";

    [Theory]
    [InlineData(Subnet + Routes, "")]
    [InlineData("server 10.8.0.0 255.255.255.0\ntopology net30" + Routes, "")]
    [InlineData("server 10.8.0.0 255.255.255.0\ntopology net30\nclient-to-client", "")]
    [InlineData("server 10.8.0.0 255.255.255.0\ntopology p2p", "")]
    [InlineData("topology subnet\nserver 10.8.0.0 255.255.0.0\nserver-ipv6 fd00:8::/112", "")]
    [InlineData("topology subnet\nmode server\ntls-server\nifconfig 10.8.0.1 255.255.255.0\nifconfig-pool 10.8.0.40 10.8.0.50", "")]
    [InlineData(Subnet + Routes, "push-remove route\npush \"echo mine\"")]
    [InlineData(Subnet + Routes, "push-remove 77")]
    [InlineData(Subnet + Routes, "push-remove ifconfig-ipv6\npush-remove \"dhcp-option DNS\"\npush \"dhcp-option DNS 10.8.0.2\"")]
    [InlineData(Subnet + Routes, "push-reset\npush \"echo mine\"")]
    [InlineData(Subnet + Routes, "push \"echo mine\"\npush-reset")]
    [InlineData(Subnet + Routes, "iroute 10.77.0.0 255.255.255.0\niroute-ipv6 fd77::/64")]
    [InlineData(Subnet + Routes, "ifconfig-push 10.8.0.99 255.255.255.0\nifconfig-ipv6-push fd00:8::99/64 fd00:8::1")]
    [InlineData(Subnet, "ifconfig-ipv6-push fd00:8::99/64")]
    public void Push_OfTheSameFiles_IsTheOfficialServers(string lines, string own)
    {
        RealTool.Require("openvpn");
        string clients = Directory.CreateTempSubdirectory("openvpn-clients").FullName;
        File.WriteAllText(Path.Combine(clients, "DEFAULT"), own + "\n");
        try
        {
            using TestNamespace space = new();
            string configuration = ClientInteropTests.ServerConfiguration("AES-256-GCM", "SHA1")
                .Replace("server 10.8.0.0 255.255.255.0\n", "", StringComparison.Ordinal)
                .Replace("topology subnet\n", "", StringComparison.Ordinal) + lines + "\n";
            using RealOpenVpn server = new(space, $"{configuration}client-config-dir {clients}\n");
            server.WaitUntilBound();
            using ClientShell client = new(space, new SessionSettings { RenegotiateAfter = TimeSpan.Zero }, 1194);
            Assert.True(client.RunUntil(() => client.Session.IsConnected, TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken),
                $"{Link.Describe(client.Events)}\n{server.Log}");
            IEnumerable<string> official = client.Events.OfType<SessionConnected>().Single().Options.Where(o => !o.StartsWith("tun-mtu", StringComparison.Ordinal));
            Assert.Equal(official, Ours(configuration, own).Where(o => !o.StartsWith("ping", StringComparison.Ordinal)));
        }
        finally
        {
            Directory.Delete(clients, recursive: true);
        }
    }

    private static IReadOnlyList<string> Ours(string configuration, string own)
    {
        DirectiveReader reader = new(static _ => null);
        reader.Read("server.conf", configuration);
        TunnelConfiguration made = TunnelConfigurationBuilder.Build(reader, out IReadOnlyList<DirectiveProblem> problems);
        Assert.DoesNotContain(problems, p => p.IsError);
        List<DirectiveProblem> wrong = [];
        ServerPlan plan = ServerPlan.Of(made);
        ClientOverrides overrides = ClientOverrides.Read(ClientOverrides.None, "DEFAULT", own, static _ => null, wrong);
        Assert.Empty(wrong);
        Assert.True(new AddressPool(plan.Pool!).TryTake("client", out PoolLease? lease));
        return PushComposer.Compose(plan, overrides, overrides.Addresses(plan, lease));
    }
}
