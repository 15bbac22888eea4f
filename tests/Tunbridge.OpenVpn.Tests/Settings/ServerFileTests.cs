// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Server;
using Tunbridge.OpenVpn.Settings;

namespace Tunbridge.OpenVpn.Tests.Settings;

/// <summary>Server files in the styles of two installers and of an old office, in our own words; beside each lies what it means.</summary>
public sealed class ServerFileTests
{
    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Settings", "Servers");

    public static TheoryData<string> Files => [.. Directory.EnumerateFiles(Folder, "*.conf").Select(f => Path.GetFileName(f)).Order()];

    [Fact]
    public void Files_AreThere() => Assert.Equal(4, Files.Count);

    [Theory]
    [MemberData(nameof(Files))]
    public void ServerFile_Read_MeansWhatIsWrittenBesideIt(string file)
    {
        TunnelConfiguration made = Read(file, out IReadOnlyList<DirectiveProblem> problems);
        Assert.DoesNotContain(problems, p => p.IsError);
        string expected = File.ReadAllText(Path.Combine(Folder, Path.ChangeExtension(file, ".expected")));
        Assert.Equal(expected.TrimEnd(), string.Join('\n', Describe(made, problems)).TrimEnd());
    }

    [Fact]
    public void Office_Scripts_AreCutIntoWords()
    {
        TunnelConfiguration made = Read("classic-password.conf", out _);
        Assert.Equal(["/etc/openvpn/check", "--strict"], made.Scripts.PasswordVerify);
        Assert.True(made.Scripts.PasswordByEnvironment);
        Assert.Equal((3, "/etc/openvpn/connect", "/etc/openvpn/learn x"),
            (made.Scripts.Security, string.Join(' ', made.Scripts.ClientConnect!), string.Join(' ', made.Scripts.LearnAddress!)));
        Assert.Equal([new("SITE", "office")], made.Scripts.Environment);
        Assert.Equal((43200.0, 3600.0, false), (made.Server.Tokens!.Lifetime.TotalSeconds, made.Server.Tokens.Renewal!.Value.TotalSeconds, made.Server.Tokens.IsExternal));
        Assert.Equal((3, 60.0), (made.Server.NewClients!.Count, made.Server.NewClients.Interval.TotalSeconds));
        Assert.True(made.Server.RequiresClientFile && made.Server.UsesUsernameAsName);
        Assert.Equal(("/var/log/openvpn.log", true), (made.Process.LogFile, made.Process.AppendsLog));
        Assert.Equal(["route 192.168.50.0 255.255.255.0"], made.Client.Options);
        Assert.DoesNotContain("check", made.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Fingerprints_AreTwo()
    {
        TunnelConfiguration made = Read("fingerprint-installer.conf", out _);
        Assert.Equal(2, made.PeerFingerprints.Count);
        Assert.True(made.Server.ClientToClient && made.Server.AllowsDuplicateNames);
        Assert.Equal(20, made.Server.MaximumClients);
    }

    private static TunnelConfiguration Read(string file, out IReadOnlyList<DirectiveProblem> problems)
    {
        DirectiveReader reader = new(static _ => null);
        reader.Read(file, File.ReadAllText(Path.Combine(Folder, file)));
        return TunnelConfigurationBuilder.Build(reader, out problems);
    }

    private static IEnumerable<string> Describe(TunnelConfiguration made, IEnumerable<DirectiveProblem> problems)
    {
        ServerPlan plan = ServerPlan.Of(made);
        yield return $"role: {made} bind {made.LocalPort}";
        yield return $"own: {Shown(plan.Address)} {Shown(plan.AddressV6)}";
        yield return $"pool: {plan.Pool!.First}-{plan.Pool.Last} mask {plan.Mask?.ToString() ?? "-"} " +
            $"v6 {(plan.Pool.FirstV6 is null ? "-" : $"{plan.Pool.FirstV6}/{plan.Pool.PrefixLengthV6}")} size {new AddressPool(plan.Pool).Size}";
        yield return $"implicit: {string.Join('|', plan.ImplicitPush)}";
        yield return $"push: {plan.Push.Count}";
        yield return $"ciphers: {string.Join(':', made.Session.DataCiphers)} auth {made.Session.Auth?.ToString() ?? "-"}";
        yield return $"tls: {made.Tls.MinimumVersion} dh {(made.Tls.DiffieHellman is null ? "no" : "yes")} groups {made.Tls.Groups ?? "-"} " +
            $"peer {made.Tls.PeerPresence} {made.PeerUsage ?? "-"}";
        yield return $"times: ping {made.Session.Ping.TotalSeconds} restart {made.Session.PingRestart.TotalSeconds}";
        yield return $"files: crl {made.RevocationList?.File ?? "-"} pool {made.Server.PoolFile ?? "-"} {made.Server.PoolFileInterval.TotalSeconds} " +
            $"clients {made.Server.ClientDirectory ?? "-"} status {made.Process.StatusFile ?? "-"} {made.Process.StatusInterval.TotalSeconds} {made.Process.StatusVersion}";
        yield return $"account: {made.Process.User ?? "-"} {made.Process.Group ?? "-"} verb {made.Process.Verbosity}";
        yield return $"others: {Joined(made.Others.Select(o => o.Name))}";
        yield return $"notes: {Joined(problems.Select(p => p.Text.Split(':')[0]).Order(StringComparer.Ordinal))}";
    }

    private static string Joined(IEnumerable<string> words) => string.Join(", ", words) is { Length: > 0 } text ? text : "-";

    private static string Shown(InterfaceAddress? address) => address is null ? "-" : $"{address.Address}/{address.PrefixLength}";
}
