// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Text;
using Tunbridge.Hosting.OpenVpn;
using Tunbridge.OpenVpn.Settings;
using Tunbridge.Tunnels;

namespace Tunbridge.DropIns.Openvpn;

/// <summary>Files of keys and certificates that a user without root's rights cannot read: their texts travel with the process.</summary>
internal static class MaterialFiles
{
    /// <summary>The texts of those that cannot be read afterwards, by the path as the configuration has it.</summary>
    internal static Dictionary<string, SecretBytes> Collect(OpenvpnRequest request, TunnelConfiguration configuration, Privileges privileges)
    {
        // The configuration itself, as it is read again by the process that this one becomes.
        Dictionary<string, SecretBytes> texts = new(request.Texts);
        foreach (KeyMaterial material in Of(configuration))
        {
            if (material.File is not { } path || privileges.CanRead(path) || !File.Exists(path))
                continue;
            SecretBytes text = SecretFile.Read(path);
            texts[path] = material == configuration.Pkcs12 ? ToBase64(text) : text;
        }

        return texts;
    }

    /// <summary>The configuration with these texts in the place of their files.</summary>
    internal static TunnelConfiguration Apply(TunnelConfiguration configuration, IReadOnlyDictionary<string, SecretBytes> texts)
    {
        if (texts.Count == 0)
            return configuration;
        return configuration with
        {
            Authorities = Inline(configuration.Authorities),
            Certificate = Inline(configuration.Certificate),
            PrivateKey = Inline(configuration.PrivateKey),
            Pkcs12 = Inline(configuration.Pkcs12),
            RevocationList = Inline(configuration.RevocationList),
            WrapKey = Inline(configuration.WrapKey),
            Credentials = Inline(configuration.Credentials),
            SecondWrapKey = Inline(configuration.SecondWrapKey),
            Tls = configuration.Tls with
            {
                DiffieHellman = Inline(configuration.Tls.DiffieHellman),
                ExtraCertificates = Inline(configuration.Tls.ExtraCertificates),
                Passphrase = Inline(configuration.Tls.Passphrase),
            },
            Server = configuration.Server with
            {
                Tokens = configuration.Server.Tokens is { } tokens ? tokens with { Key = Inline(tokens.Key) } : null,
            },
        };

        KeyMaterial? Inline(KeyMaterial? material) => material?.File is { } path && texts.TryGetValue(path, out SecretBytes? text)
            ? material with { File = null, Inline = text.Memory } : material;
    }

    // As a container stands between tags.
    private static SecretBytes ToBase64(SecretBytes container)
    {
        using SecretBytes bytes = container;
        SecretBytes text = new(Base64.GetMaxEncodedToUtf8Length(bytes.Length));
        Base64.EncodeToUtf8(bytes.Span, text.Span, out _, out _);
        return text;
    }

    private static IEnumerable<KeyMaterial> Of(TunnelConfiguration configuration)
    {
        KeyMaterial?[] known =
        [
            configuration.Authorities, configuration.Certificate, configuration.PrivateKey, configuration.Pkcs12, configuration.RevocationList,
            configuration.WrapKey, configuration.SecondWrapKey, configuration.Credentials, configuration.Tls.DiffieHellman,
            configuration.Tls.ExtraCertificates, configuration.Tls.Passphrase, configuration.Server.Tokens?.Key,
        ];
        return known.OfType<KeyMaterial>();
    }
}
