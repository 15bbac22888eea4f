// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Settings;

namespace Tunbridge.OpenVpn.Tests.Settings;

/// <summary>
/// Forty client files of our own making, in eight styles in which providers and installers write; beside each lies what it
/// means, written down with it and not taken from the program.
/// </summary>
public sealed class ProviderFileTests
{
    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Settings", "Providers");

    public static TheoryData<string> Files => [.. Directory.EnumerateFiles(Folder, "*.ovpn").Select(f => Path.GetFileName(f)).Order()];

    [Fact]
    public void Files_AreForty() => Assert.Equal(40, Files.Count);

    [Theory]
    [MemberData(nameof(Files))]
    public void ProviderFile_Read_MeansWhatIsWrittenBesideIt(string file)
    {
        DirectiveReader reader = new(static _ => null);
        reader.Read(file, File.ReadAllText(Path.Combine(Folder, file)));
        TunnelConfiguration made = TunnelConfigurationBuilder.Build(reader, out IReadOnlyList<DirectiveProblem> problems);
        Assert.DoesNotContain(problems, p => p.IsError);
        string expected = File.ReadAllText(Path.Combine(Folder, Path.ChangeExtension(file, ".expected")));
        Assert.Equal(expected.TrimEnd(), string.Join('\n', Describe(made, problems)).TrimEnd());
    }

    private static IEnumerable<string> Describe(TunnelConfiguration made, IEnumerable<DirectiveProblem> problems)
    {
        yield return $"remotes: {string.Join(", ", made.Remotes.Select(r => $"{r.Host}:{r.Port}/{r.Protocol}"))}";
        yield return $"random: {YesNo(made.RemoteRandom)}";
        yield return $"device: {made.Device} tap {YesNo(made.IsTap)}";
        yield return $"bind: {made.LocalPort?.ToString() ?? "-"}";
        yield return $"wrap: {made.Session.Wrap} {made.Session.WrapKeyDirection?.ToString() ?? "-"}";
        yield return $"ciphers: {string.Join(':', made.Session.DataCiphers)} fallback {made.Session.FallbackCipher ?? "-"} " +
            $"auth {made.Session.Auth?.ToString() ?? "-"}";
        yield return $"framing: {made.Session.Framing} mtu {made.Session.TunMtu} mssfix {(made.MssFix == MssLimit.Default ? "-" : $"{made.MssFix.Value}")}";
        yield return $"peer: {made.PeerUsage ?? "-"} {(made.PeerName is null ? "-" : $"{made.PeerName} {made.PeerNameMatch}")}";
        yield return $"credentials: {made.Credentials switch
        {
            null => "-",
            { File: { } path } => path,
            { Inline: not null } => "inline",
            _ => "ask",
        }}";
        yield return $"ca {Where(made.Authorities)} cert {Where(made.Certificate)} key {Where(made.PrivateKey)}";
        yield return $"times: reneg {made.Session.RenegotiateAfter.TotalSeconds} ping {made.Session.Ping.TotalSeconds} " +
            $"restart {made.Session.PingRestart.TotalSeconds} exit {made.ExitNotices}";
        string? redirect = made.Client.Options.LastOrDefault(o => o.StartsWith("redirect-gateway", StringComparison.Ordinal));
        yield return $"routes: {made.Client.Options.Count(o => o.Split(' ')[0] is "route" or "route-ipv6")} " +
            $"redirect {redirect?["redirect-gateway".Length..].Trim() ?? "-"}";
        yield return $"notes: {string.Join(", ", problems.Select(p => p.Text.Split(':')[0]).Order(StringComparer.Ordinal)
            .OrderBy(t => t == "WARNING"))}";
    }

    private static string YesNo(bool value) => value ? "yes" : "no";

    private static string Where(KeyMaterial? material) => material is null ? "-" : material.Inline is null ? "file" : "inline";
}
