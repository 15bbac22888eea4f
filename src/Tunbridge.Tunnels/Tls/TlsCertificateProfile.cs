// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Tunnels;

/// <summary>How strong keys and signatures of certificates have to be (tls-cert-profile).</summary>
public enum TlsCertificateProfile : byte
{
    /// <summary>SHA-1 and RSA of 1,024 bits are still taken (OpenSSL's level 1).</summary>
    Legacy = 0,

    /// <summary>No level at all: anything is taken.</summary>
    Insecure = 1,

    /// <summary>SHA-2, RSA of 2,048 bits or more, any elliptic curve (level 2).</summary>
    Preferred = 2,

    /// <summary>Suite B: SHA-256 or SHA-384 and the NIST curves P-256 and P-384 (SUITEB128).</summary>
    SuiteB = 3,
}
