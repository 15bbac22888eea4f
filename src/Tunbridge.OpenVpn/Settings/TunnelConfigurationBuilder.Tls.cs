// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Settings;

/// <content>TLS and certificates.</content>
public sealed partial class TunnelConfigurationBuilder
{
    private bool ApplyTls(Directive d)
    {
        TlsDirectives tls = _made.Tls;
        TlsDirectives? changed = d.Name switch
        {
            "tls-version-min" => tls with { MinimumVersion = Version(d) },
            "tls-version-max" => tls with { MaximumVersion = Version(d) },
            "tls-cipher" => tls with { Ciphers = d.Parameters[0] },
            "tls-ciphersuites" => tls with { CipherSuites = d.Parameters[0] },
            "tls-groups" => tls with { Groups = d.Parameters[0] },
            "ecdh-curve" => tls with { Groups = tls.Groups ?? d.Parameters[0] },
            "tls-cert-profile" => tls with { Profile = Profile(d) },
            "dh" => tls with { DiffieHellman = d.At(0) == "none" && d.Inline is null ? null : d.ToMaterial() },
            "extra-certs" => tls with { ExtraCertificates = d.ToMaterial() },
            "capath" => tls with { AuthorityDirectory = d.Parameters[0] },
            "verify-client-cert" => tls with { PeerPresence = Presence(d) },
            "askpass" => tls with { Passphrase = d.ToMaterial() },
            "tls-exit" => tls with { ExitsOnFailure = true },
            _ => null,
        };
        _made = _made with { Tls = changed ?? tls };
        return changed is not null;
    }

    private TlsVersion Version(Directive d)
    {
        TlsVersion? version = d.Parameters[0] switch
        {
            "1.0" => TlsVersion.Tls10,
            "1.1" => TlsVersion.Tls11,
            "1.2" => TlsVersion.Tls12,
            "1.3" => TlsVersion.Tls13,
            _ when d.At(1) == "or-highest" => TlsVersion.Tls13,
            _ => null,
        };
        if (version is null)
            Error(d, $"{d.Name}: '{d.Parameters[0]}' is no version; 1.0, 1.1, 1.2 or 1.3");
        return version ?? TlsVersion.Tls12;
    }

    private TlsCertificateProfile Profile(Directive d)
    {
        TlsCertificateProfile? profile = d.Parameters[0] switch
        {
            "legacy" => TlsCertificateProfile.Legacy,
            "preferred" => TlsCertificateProfile.Preferred,
            "suiteb" => TlsCertificateProfile.SuiteB,
            "insecure" => TlsCertificateProfile.Insecure,
            _ => null,
        };
        if (profile is null)
            Error(d, $"tls-cert-profile: '{d.Parameters[0]}' is none of legacy, preferred, suiteb, insecure");
        return profile ?? TlsCertificateProfile.Legacy;
    }

    private TlsPeerPresence Presence(Directive d)
    {
        TlsPeerPresence? presence = d.Parameters[0] switch
        {
            "require" => TlsPeerPresence.Required,
            "optional" => TlsPeerPresence.Optional,
            "none" => TlsPeerPresence.None,
            _ => null,
        };
        if (presence is null)
            Error(d, $"verify-client-cert: '{d.Parameters[0]}' is none of require, optional, none");
        return presence ?? TlsPeerPresence.Required;
    }
}
