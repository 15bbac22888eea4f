// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;
using Tunbridge.Crypto;
using Tunbridge.Hosting.OpenVpn;
using Tunbridge.OpenVpn.Settings;
using Tunbridge.Testing;
using Tunbridge.Tunnels;

namespace Tunbridge.Hosting.Tests.OpenVpn;

public sealed class TunnelIdentityTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("identity").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Files_AreReadFromTheDirectoryThatCdNames()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "keys"));
        (string certificate, string key) = TestAuthority.Shared.Issue("client1");
        Write("keys/ca.crt", TestAuthority.Shared.Certificate);
        Write("keys/client.crt", certificate);
        Write("keys/client.key", key, UnixFileMode.UserRead);

        using TunnelIdentity identity = await Load("cd keys\nca ca.crt\ncert client.crt\nkey client.key");

        Assert.Empty(identity.Warnings);
        using ITlsContext context = identity.CreateContext(new OpenSslTlsProvider());
        Assert.Equal("client1", context.OwnCertificate?.CommonName);
        Assert.Equal(Path.Combine(_folder, "keys"), identity.Directory);
    }

    [Theory]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.OtherRead)]
    public async Task SecretFile_ThatOthersCanRead_IsWarnedAboutOrRefused(UnixFileMode mode)
    {
        (string certificate, string key) = TestAuthority.Shared.Issue("client1");
        Write("client.key", key, mode);
        string lines = $"<ca>\n{TestAuthority.Shared.Certificate}\n</ca>\n<cert>\n{certificate}\n</cert>\nkey client.key";

        using TunnelIdentity identity = await Load(lines);
        TunnelIdentityException refused = await Assert.ThrowsAsync<TunnelIdentityException>(() => Load(lines, new() { RefusesReadableSecrets = true }));

        Assert.Equal("WARNING: file 'client.key' is group or others accessible", Assert.Single(identity.Warnings));
        Assert.Contains("client.ovpn:", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"chmod 600 {_folder}/client.key", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_ThatIsMissing_IsToldByDirectiveFileAndLine()
    {
        TunnelIdentityException e = await Assert.ThrowsAsync<TunnelIdentityException>(() => Load("# a comment\nca nowhere.crt\nauth-user-pass"));

        Assert.StartsWith($"client.ovpn:4: ca: cannot read '{_folder}/nowhere.crt': there is no such file", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Certificate_WithTheKeyOfAnother_IsToldByItsDirective()
    {
        string certificate = TestAuthority.Shared.Issue("client1").Certificate;
        string key = TestAuthority.Shared.Issue("client2").Key;
        using TunnelIdentity identity = await Load($"<ca>\n{TestAuthority.Shared.Certificate}\n</ca>\n<cert>\n{certificate}\n</cert>\n<key>\n{key}\n</key>");

        TunnelIdentityException e = Assert.Throws<TunnelIdentityException>(() => identity.CreateContext(new OpenSslTlsProvider()));

        Assert.Matches(@"^client\.ovpn:\d+: key: .*does not belong to the certificate", e.Message);
        Assert.DoesNotContain("PRIVATE", e.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task EncryptedKey_IsOpenedByAskpassOrByAPerson(bool byFile)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        System.Security.Cryptography.X509Certificates.CertificateRequest request = new("CN=locked", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        string locked = key.ExportEncryptedPkcs8PrivateKeyPem("open sesame", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));
        Write("pass", "open sesame\n", UnixFileMode.UserRead);
        List<string> asked = [];
        SecretPrompt prompt = (question, _) =>
        {
            asked.Add(question.Text);
            return Task.FromResult<SecretBytes?>(new SecretBytes("open sesame"u8));
        };

        using TunnelIdentity identity = await Load(
            $"<ca>\n{TestAuthority.Shared.Certificate}\n</ca>\n<cert>\n{certificate.ExportCertificatePem()}\n</cert>\n<key>\n{locked}\n</key>\n{(byFile ? "askpass pass" : "")}",
            new() { Prompt = prompt });
        using ITlsContext context = identity.CreateContext(new OpenSslTlsProvider());

        Assert.Equal(byFile ? [] : ["Enter Private Key Password"], asked);
        Assert.Equal("locked", context.OwnCertificate?.CommonName);
    }

    [Fact]
    public async Task EncryptedKey_WithNobodyToAsk_IsRefusedInWords()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string locked = key.ExportEncryptedPkcs8PrivateKeyPem("x", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));
        string certificate = TestAuthority.Shared.Issue("client1").Certificate;

        TunnelIdentityException e = await Assert.ThrowsAsync<TunnelIdentityException>(() =>
            Load($"<ca>\n{TestAuthority.Shared.Certificate}\n</ca>\n<cert>\n{certificate}\n</cert>\n<key>\n{locked}\n</key>"));

        Assert.Contains("key: has a passphrase, and nobody can be asked for it: name a file by askpass", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RevocationList_WhenItsFileChanges_IsReadAgain()
    {
        Write("crl.pem", TestAuthority.Shared.Revoke("nobody"));
        using TunnelIdentity identity = await Load($"crl-verify crl.pem\n{TestAuthority.Shared.Blocks("client1")}");

        Assert.False(identity.TryRenewRevocations());
        Write("crl.pem", TestAuthority.Shared.Revoke("nobody", "client7"));
        File.SetLastWriteTimeUtc(Path.Combine(_folder, "crl.pem"), DateTime.UtcNow.AddMinutes(1));

        Assert.True(identity.TryRenewRevocations());
        Assert.False(identity.TryRenewRevocations());
    }

    [Fact]
    public async Task RevocationDirectory_IsAskedBySerialNumber()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "revoked"));
        Write("revoked/12345", "");
        using TunnelIdentity identity = await Load($"crl-verify revoked dir\n{TestAuthority.Shared.Blocks("client1")}");

        Assert.True(identity.Tls.IsSerialRevoked!("12345"));
        Assert.False(identity.Tls.IsSerialRevoked!("12346"));
    }

    [Fact]
    public async Task Directives_BecomeSettingsOfTls()
    {
        string fingerprint = string.Join(':', Enumerable.Range(0, 32).Select(i => i.ToString("X2", System.Globalization.CultureInfo.InvariantCulture)));
        using TunnelIdentity identity = await Load(
            "tls-version-min 1.2\ntls-version-max 1.3\ntls-cipher TLS-ECDHE-ECDSA-WITH-AES-256-GCM-SHA384\ntls-groups X25519\ntls-cert-profile preferred\n" +
            $"verify-x509-name vpn name-prefix\nremote-cert-tls server\npeer-fingerprint {fingerprint}\n{TestAuthority.Shared.Blocks("client1")}");

        TlsSettings tls = identity.Tls;
        Assert.Equal((TlsVersion.Tls12, TlsVersion.Tls13), (tls.MinimumVersion, tls.MaximumVersion));
        Assert.Equal("TLS-ECDHE-ECDSA-WITH-AES-256-GCM-SHA384", tls.Ciphers);
        Assert.Equal("X25519", tls.Groups);
        Assert.Equal(TlsCertificateProfile.Preferred, tls.Profile);
        Assert.Equal(("vpn", TlsNameMatch.CommonNamePrefix), (tls.PeerName, tls.PeerNameMatch));
        Assert.Equal("1.3.6.1.5.5.7.3.1", tls.PeerExtendedKeyUsage);
        Assert.Equal([0], tls.PeerKeyUsages);
        Assert.Equal(31, Assert.Single(tls.PeerFingerprints).Span[31]);
    }

    [Fact]
    public async Task Dispose_WipesTheKeys()
    {
        TunnelIdentity identity = await Load(TestAuthority.Shared.Blocks("client1"));
        ReadOnlyMemory<byte> key = identity.Tls.PrivateKey;
        Assert.Contains("PRIVATE KEY", Encoding.ASCII.GetString(key.Span), StringComparison.Ordinal);

        identity.Dispose();

        Assert.Equal(-1, key.Span.IndexOfAnyExcept((byte)0));
    }

    private void Write(string name, string text, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        if (OperatingSystem.IsLinux())
            File.SetUnixFileMode(path, mode);
    }

    private Task<TunnelIdentity> Load(string lines, TunnelIdentityOptions? options = null)
    {
        DirectiveReader reader = new(static _ => null);
        reader.Read("client.ovpn", $"client\ndev tun\n{lines}\nremote 192.0.2.1\n");
        TunnelConfiguration configuration = TunnelConfigurationBuilder.Build(reader, out IReadOnlyList<DirectiveProblem> problems);
        Assert.DoesNotContain(problems, p => p.IsError);
        return TunnelIdentity.LoadAsync(configuration, (options ?? new()) with { Directory = _folder }, Stop);
    }
}
