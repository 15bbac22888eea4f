// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Server;
using Tunbridge.OpenVpn.Settings;
using Tunbridge.OpenVpn.Tests.Support;
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Tests.Settings;

/// <summary>Configuration texts of any kind: nothing throws, and what is wrong has its line.</summary>
public sealed class HostileTextTests
{
    private static readonly string[] s_values =
    [
        "", "0", "1", "-1", "99999999999", "10.8.0.0", "255.255.255.0", "0.0.0.0", "255.255.255.255", "fd00::/64", "fd00::/300", "::", "none", "dir", "\"", "'",
        "\\", "#", ";", "a b", "\"a b\"", "def1", "server", "x.pem", "via-env", "\u0000", "\u001b[2J", "ÿ", "1.2", "subnet", "10", "3600", "[inline]", "AES-256-GCM",
    ];

    [Fact]
    public void AnyDirective_WithAnyWords_IsTakenOrReportedWithItsLine()
    {
        string[] names = [.. DirectiveTable.Names, "teleport", "<ca>", "</ca>", "<connection>", "</connection>", "config", "setenv opt", "ignore-unknown-option", "--dev"];
        Random random = new(11);
        int count = HostileCount.Of(200_000);
        for (int i = 0; i < count; i++)
        {
            int lines = random.Next(1, 8);
            string text = string.Join('\n', Enumerable.Range(0, lines).Select(_ =>
                $"{names[random.Next(names.Length)]} {string.Join(' ', Enumerable.Range(0, random.Next(5)).Select(_ => s_values[random.Next(s_values.Length)]))}"));
            Check(text, lines);
        }
    }

    [Fact]
    public void ProviderFiles_Mutated_AreTakenOrReportedWithTheirLines()
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "Settings");
        byte[][] files = [.. Directory.EnumerateFiles(folder, "*.*", SearchOption.AllDirectories).Where(f => f.EndsWith(".ovpn", StringComparison.Ordinal) ||
            f.EndsWith(".conf", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];
        int each = HostileCount.Of(200_000) / files.Length;
        foreach (byte[] file in files)
        {
            Mutator mutator = new(file, 3);
            for (int i = 0; i < each; i++)
            {
                string text = System.Text.Encoding.UTF8.GetString(mutator.Next());
                Check(text, text.Split('\n').Length);
            }
        }
    }

    [Fact]
    public void ClientFilesAndPools_Mutated_DoNotThrow()
    {
        byte[] own = "ifconfig-push 10.8.0.9 255.255.255.0\npush \"route 10.0.0.0 255.0.0.0\"\niroute 10.1.0.0 255.255.0.0\niroute-ipv6 fd00::/64\n"u8.ToArray();
        byte[] pool = "alice,10.8.0.4,fd00::1000\nbob,10.8.0.8,\n"u8.ToArray();
        Mutator texts = new(own, 5);
        Mutator lines = new(pool, 6);
        AddressPoolSettings settings = new()
        {
            First = System.Net.IPAddress.Parse("10.8.0.4"),
            Last = System.Net.IPAddress.Parse("10.8.0.40"),
            IsInFours = true,
            FirstV6 = System.Net.IPAddress.Parse("fd00::1000"),
            PrefixLengthV6 = 64,
        };
        for (int i = 0; i < HostileCount.Of(200_000); i++)
        {
            List<DirectiveProblem> problems = [];
            ClientOverrides made = ClientOverrides.Read(ClientOverrides.None, "ccd/x", System.Text.Encoding.Latin1.GetString(texts.Next()), static _ => null, problems);
            Assert.DoesNotContain(problems, p => p.Line < 1);
            Assert.DoesNotContain(made.Push, o => o.Contains(',', StringComparison.Ordinal) || o.Any(char.IsControl));
            AddressPool addresses = new(settings);
            Assert.DoesNotContain(addresses.Read("ipp.txt", System.Text.Encoding.Latin1.GetString(lines.Next())), p => p.Line < 1);
            Assert.True(addresses.TryTake("alice", out _));
        }
    }

    private static void Check(string text, int lines)
    {
        using DirectiveReader reader = new(static name => name == "x.pem" ? new SecretBytes("verb 3\n"u8) : null);
        reader.Read("x.ovpn", text);
        TunnelConfiguration made = TunnelConfigurationBuilder.Build(reader, out IReadOnlyList<DirectiveProblem> problems);
        foreach (DirectiveProblem problem in problems)
        {
            Assert.True(problem.Line >= 1 || problem.File == "configuration", problem.Text);
            Assert.True(problem.Line <= lines, problem.Text);
            Assert.NotEmpty(problem.Text);
        }
        _ = made.ToString();
        if (problems.Any(p => p.IsError))
            return;
        // What has no error can be used.
        if (made.Server.HasClients && ServerPlan.Of(made).Pool is { } pool)
            Assert.True(new AddressPool(pool).Size > 0);
        foreach (RemoteEndpoint remote in made.Remotes)
            _ = made.For(remote);
        Tunbridge.OpenVpn.Client.PulledOptions.ReadOwn(made);
    }
}
