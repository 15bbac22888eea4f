// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Tunnels;

/// <summary>What of the peer's certificate is compared with a name (verify-x509-name).</summary>
public enum TlsNameMatch : byte
{
    /// <summary>The whole subject, as <see cref="PeerCertificate.Subject"/> writes it.</summary>
    Subject = 0,

    /// <summary>The common name.</summary>
    CommonName = 1,

    /// <summary>The beginning of the common name.</summary>
    CommonNamePrefix = 2,
}
