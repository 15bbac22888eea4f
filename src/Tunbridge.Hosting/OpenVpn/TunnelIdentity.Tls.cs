// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using Tunbridge.OpenVpn.Settings;
using Tunbridge.Tunnels;

namespace Tunbridge.Hosting.OpenVpn;

/// <content>Directives as settings of TLS.</content>
public sealed partial class TunnelIdentity
{
    private TlsSettings ReadTls()
    {
        Demand();
        KeyMaterial? list = _configuration.RevocationList;
        TlsDirectives tls = _configuration.Tls;
        return new()
        {
            Role = _configuration.IsServer ? TlsRole.Server : TlsRole.Client,
            Authorities = Keep(_configuration.Authorities, isSecret: false),
            AuthorityDirectory = tls.AuthorityDirectory is { } directory ? Resolve(directory) : null,
            Certificate = Keep(_configuration.Certificate, isSecret: false),
            ExtraCertificates = Keep(tls.ExtraCertificates, isSecret: false),
            PrivateKey = Keep(_configuration.PrivateKey, isSecret: true),
            Pkcs12 = ReadContainer(),
            RevocationLists = list is null || _configuration.RevocationsAreDirectory ? default : ReadRevocations(list),
            IsSerialRevoked = list is { File: { } path } && _configuration.RevocationsAreDirectory ? RevokedIn(list, path) : null,
            PeerPresence = tls.PeerPresence,
            PeerFingerprints = [.. _configuration.PeerFingerprints.Select(ParseFingerprint)],
            PeerKeyUsages = _configuration.PeerKeyUsages,
            PeerExtendedKeyUsage = _configuration.PeerUsage,
            PeerName = _configuration.PeerName,
            PeerNameMatch = _configuration.PeerNameMatch,
            MinimumVersion = tls.MinimumVersion,
            MaximumVersion = tls.MaximumVersion,
            Ciphers = tls.Ciphers,
            CipherSuites = tls.CipherSuites,
            Groups = tls.Groups,
            Profile = tls.Profile,
            DiffieHellman = Keep(tls.DiffieHellman, isSecret: false),
        };
    }

    // What the library would say in words of its own is said in those of the configuration.
    private void Demand()
    {
        bool hasCertificate = _configuration.Certificate is not null;
        if (_configuration.Pkcs12 is null && hasCertificate != _configuration.PrivateKey is not null)
        {
            KeyMaterial lone = _configuration.Certificate ?? _configuration.PrivateKey!;
            throw SecretFiles.Fault(lone, hasCertificate ? "wants its private key, too: add key" : "wants its certificate, too: add cert");
        }
        if (_configuration.IsServer && !hasCertificate && _configuration.Pkcs12 is null)
            throw new TunnelIdentityException("configuration: a server needs a certificate: add cert and key, or pkcs12");
        if (_configuration.Authorities is null && _configuration.Pkcs12 is null && _configuration.PeerFingerprints.Count == 0 && _configuration.Tls.AuthorityDirectory is null)
            throw new TunnelIdentityException("configuration: nobody says whom to trust: add ca, capath or peer-fingerprint");
        if (!_configuration.IsServer && !hasCertificate && _configuration.Pkcs12 is null && _configuration.Credentials is null)
            throw new TunnelIdentityException("configuration: No client-side authentication method is specified.  You must use either --cert/--key, --pkcs12, or --auth-user-pass");
    }

    // Between tags, a container is in base64; in a file it is as it is.
    private ReadOnlyMemory<byte> ReadContainer()
    {
        if (_configuration.Pkcs12 is not { } container)
            return default;
        if (container.Inline is not { } text)
            return Keep(container, isSecret: true);
        SecretBytes bytes = new(text.Length);
        _owned.Add(bytes);
        return Base64.DecodeFromUtf8(text.Span, bytes.Span, out _, out int length) == OperationStatus.Done
            ? bytes.Memory[..length]
            : throw SecretFiles.Fault(container, "what stands between its tags is no base64");
    }

    private Func<string, bool> RevokedIn(KeyMaterial list, string path)
    {
        string directory = Resolve(path);
        return System.IO.Directory.Exists(directory)
            ? serial => File.Exists(Path.Combine(directory, serial))
            : throw SecretFiles.Fault(list, $"'{directory}' is no directory");
    }

    // "AB:CD:…", 32 bytes
    private static ReadOnlyMemory<byte> ParseFingerprint(string text)
    {
        string[] pairs = text.Split(':');
        byte[] bytes = new byte[32];
        bool isRight = pairs.Length == bytes.Length;
        for (int i = 0; isRight && i < bytes.Length; i++)
            isRight = pairs[i].Length <= 2 && byte.TryParse(pairs[i], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out bytes[i]);
        return isRight ? bytes : throw new TunnelIdentityException(
            $"configuration: peer-fingerprint: '{text}' is no SHA-256 fingerprint: 32 pairs of hexadecimal digits with colons between them");
    }

    private async Task UnlockAsync(TunnelIdentityOptions options, CancellationToken cancellationToken)
    {
        KeyMaterial? askpass = _configuration.Tls.Passphrase;
        if (askpass is { File: not (null or "stdin") })
        {
            using SecretBytes text = Files.Read(askpass, isSecret: true);
            ReadOnlySpan<byte> all = text.Span;
            int end = all.IndexOfAny("\r\n"u8);
            SetPassphrase(new SecretBytes(end < 0 ? all : all[..end]));
        }
        else if (askpass is not null || IsLocked())
        {
            SecretBytes? answer = options.Prompt is null ? null
                : await options.Prompt(new() { Text = "Enter Private Key Password" }, cancellationToken).ConfigureAwait(false);
            KeyMaterial key = _configuration.PrivateKey ?? _configuration.Pkcs12 ?? askpass!;
            SetPassphrase(answer ?? throw SecretFiles.Fault(key, "has a passphrase, and nobody can be asked for it: name a file by askpass"));
        }
    }

    private void SetPassphrase(SecretBytes passphrase)
    {
        _owned.Add(passphrase);
        Tls = Tls with { Passphrase = passphrase.Memory };
    }

    // PKCS #8 and the older form of PEM; a container tells nothing before it is opened, and most have a passphrase.
    private bool IsLocked() => Tls.PrivateKey.Span.IndexOf("-----BEGIN ENCRYPTED PRIVATE KEY"u8) >= 0 ||
        Tls.PrivateKey.Span.IndexOf("Proc-Type: 4,ENCRYPTED"u8) >= 0;

    private (string Directive, string? Position) PlaceOf(string setting)
    {
        KeyMaterial? material = setting switch
        {
            nameof(TlsSettings.Authorities) => _configuration.Authorities,
            nameof(TlsSettings.Certificate) => _configuration.Certificate,
            nameof(TlsSettings.PrivateKey) => _configuration.PrivateKey,
            nameof(TlsSettings.Pkcs12) => _configuration.Pkcs12,
            nameof(TlsSettings.RevocationLists) => _configuration.RevocationList,
            nameof(TlsSettings.ExtraCertificates) => _configuration.Tls.ExtraCertificates,
            nameof(TlsSettings.Passphrase) => _configuration.Tls.Passphrase ?? _configuration.PrivateKey ?? _configuration.Pkcs12,
            nameof(TlsSettings.DiffieHellman) => _configuration.Tls.DiffieHellman,
            _ => null,
        };
        string directive = setting switch
        {
            nameof(TlsSettings.Ciphers) => "tls-cipher",
            nameof(TlsSettings.CipherSuites) => "tls-ciphersuites",
            nameof(TlsSettings.Groups) => "tls-groups",
            nameof(TlsSettings.AuthorityDirectory) => "capath",
            nameof(TlsSettings.PeerFingerprints) => "peer-fingerprint",
            nameof(TlsSettings.PeerExtendedKeyUsage) => "remote-cert-eku",
            nameof(TlsSettings.MaximumVersion) or nameof(TlsSettings.MinimumVersion) => "tls-version-max",
            _ => setting,
        };
        return (material?.Directive ?? directive, material?.Position);
    }
}
