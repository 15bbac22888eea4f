// SPDX-License-Identifier: Apache-2.0
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
        return new()
        {
            Role = _configuration.IsServer ? TlsRole.Server : TlsRole.Client,
            Authorities = Keep(_configuration.Authorities, isSecret: false),
            AuthorityDirectory = Last("capath")?.At(0) is { } directory ? Resolve(directory) : null,
            Certificate = Keep(_configuration.Certificate, isSecret: false),
            ExtraCertificates = Keep(Last("extra-certs")?.ToMaterial(), isSecret: false),
            PrivateKey = Keep(_configuration.PrivateKey, isSecret: true),
            Pkcs12 = ReadContainer(),
            RevocationLists = list is null || _configuration.RevocationsAreDirectory ? default : ReadRevocations(list),
            IsSerialRevoked = list is { File: { } path } && _configuration.RevocationsAreDirectory ? RevokedIn(list, path) : null,
            PeerPresence = Presence(),
            PeerFingerprints = [.. _configuration.PeerFingerprints.Select(ParseFingerprint)],
            PeerKeyUsages = _configuration.PeerKeyUsages,
            PeerExtendedKeyUsage = _configuration.PeerUsage,
            PeerName = _configuration.PeerName,
            PeerNameMatch = _configuration.PeerNameMatch,
            MinimumVersion = Version("tls-version-min") ?? TlsVersion.Tls12,
            MaximumVersion = Version("tls-version-max") ?? TlsVersion.Any,
            Ciphers = Last("tls-cipher")?.At(0),
            CipherSuites = Last("tls-ciphersuites")?.At(0),
            Groups = Last("tls-groups", "ecdh-curve")?.At(0),
            Profile = Profile(),
            DiffieHellman = Last("dh") is { } dh && dh.At(0) != "none" ? Keep(dh.ToMaterial(), isSecret: false) : default,
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
        if (_configuration.Authorities is null && _configuration.Pkcs12 is null && _configuration.PeerFingerprints.Count == 0 && Last("capath") is null)
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
        return Convert.TryFromBase64String(text, bytes.Span, out int length)
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

    private TlsPeerPresence Presence()
    {
        Directive? directive = Last("verify-client-cert");
        return directive?.At(0) switch
        {
            null or "require" => TlsPeerPresence.Required,
            "optional" => TlsPeerPresence.Optional,
            "none" => TlsPeerPresence.None,
            { } word => throw Fault(directive, $"'{word}' is none of require, optional, none"),
        };
    }

    private TlsVersion? Version(string name)
    {
        Directive? directive = Last(name);
        return directive?.At(0) switch
        {
            null => null,
            "1.0" => TlsVersion.Tls10,
            "1.1" => TlsVersion.Tls11,
            "1.2" => TlsVersion.Tls12,
            "1.3" => TlsVersion.Tls13,
            _ when directive.At(1) == "or-highest" => TlsVersion.Tls13,
            { } word => throw Fault(directive, $"'{word}' is none of 1.0, 1.1, 1.2, 1.3"),
        };
    }

    private TlsCertificateProfile Profile()
    {
        Directive? directive = Last("tls-cert-profile");
        return directive?.At(0) switch
        {
            null or "legacy" => TlsCertificateProfile.Legacy,
            "insecure" => TlsCertificateProfile.Insecure,
            "preferred" => TlsCertificateProfile.Preferred,
            "suiteb" => TlsCertificateProfile.SuiteB,
            { } word => throw Fault(directive, $"'{word}' is none of legacy, preferred, insecure, suiteb"),
        };
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

    private static TunnelIdentityException Fault(Directive directive, string what) => new($"{directive.Position}: {directive.Name}: {what}");

    private async Task UnlockAsync(TunnelIdentityOptions options, CancellationToken cancellationToken)
    {
        Directive? askpass = Last("askpass");
        if (askpass?.ToMaterial() is { File: not (null or "stdin") } material)
        {
            using SecretBytes text = Files.Read(material, isSecret: true);
            ReadOnlySpan<byte> all = text.Span;
            int end = all.IndexOfAny("\r\n"u8);
            SetPassphrase(new SecretBytes(end < 0 ? all : all[..end]));
        }
        else if (askpass is not null || IsLocked())
        {
            SecretBytes? answer = options.Prompt is null ? null
                : await options.Prompt(new() { Text = "Enter Private Key Password" }, cancellationToken).ConfigureAwait(false);
            KeyMaterial key = _configuration.PrivateKey ?? _configuration.Pkcs12 ?? askpass!.ToMaterial();
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
            nameof(TlsSettings.ExtraCertificates) => Last("extra-certs")?.ToMaterial(),
            nameof(TlsSettings.Passphrase) => Last("askpass")?.ToMaterial() ?? _configuration.PrivateKey ?? _configuration.Pkcs12,
            nameof(TlsSettings.Ciphers) => Last("tls-cipher")?.ToMaterial(),
            nameof(TlsSettings.CipherSuites) => Last("tls-ciphersuites")?.ToMaterial(),
            nameof(TlsSettings.Groups) => Last("tls-groups", "ecdh-curve")?.ToMaterial(),
            nameof(TlsSettings.DiffieHellman) => Last("dh")?.ToMaterial(),
            nameof(TlsSettings.AuthorityDirectory) => Last("capath")?.ToMaterial(),
            _ => null,
        };
        return (material?.Directive ?? setting, material?.Position);
    }
}
