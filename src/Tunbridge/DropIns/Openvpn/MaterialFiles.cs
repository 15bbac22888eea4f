// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Settings;

namespace Tunbridge.DropIns.Openvpn;

/// <summary>Files of keys and certificates that a user without root's rights cannot read: their texts travel with the process.</summary>
internal static class MaterialFiles
{
    /// <summary>The texts of those that cannot be read afterwards, by the path as the configuration has it.</summary>
    internal static Dictionary<string, string> Collect(TunnelConfiguration configuration, Privileges privileges)
    {
        Dictionary<string, string> texts = [];
        foreach (KeyMaterial material in Of(configuration))
        {
            if (material.File is not { } path || privileges.CanRead(path) || !File.Exists(path))
                continue;
            texts[path] = material == configuration.Pkcs12 ? Convert.ToBase64String(File.ReadAllBytes(path)) : File.ReadAllText(path);
        }

        return texts;
    }

    /// <summary>The configuration with these texts in the place of their files.</summary>
    internal static TunnelConfiguration Apply(TunnelConfiguration configuration, IReadOnlyDictionary<string, string> texts)
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
            Others =
            [
                .. configuration.Others.Select(d => d.Inline is null && s_others.Contains(d.Name) && d.At(0) is { } path && texts.TryGetValue(path, out string? text)
                    ? d with { Inline = text, Parameters = [] } : d),
            ],
        };

        KeyMaterial? Inline(KeyMaterial? material) => material?.File is { } path && texts.TryGetValue(path, out string? text)
            ? material with { File = null, Inline = text } : material;
    }

    // Those that the configuration passes on as they are.
    private static readonly string[] s_others = ["extra-certs", "dh", "auth-gen-token-secret", "askpass"];

    private static IEnumerable<KeyMaterial> Of(TunnelConfiguration configuration)
    {
        KeyMaterial?[] known =
        [
            configuration.Authorities, configuration.Certificate, configuration.PrivateKey, configuration.Pkcs12, configuration.RevocationList,
            configuration.WrapKey, configuration.Credentials,
        ];
        return known.OfType<KeyMaterial>().Concat(configuration.Others
            .Where(d => d.Inline is null && d.At(0) is not null && s_others.Contains(d.Name)).Select(d => d.ToMaterial()));
    }
}
