// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Tunnels;

/// <summary>The digests, alone and in HMAC.</summary>
public enum DigestAlgorithm : byte
{
    /// <summary>MD5, 16 bytes (RFC 1321); only where a protocol prescribes it. Refused by a FIPS provider.</summary>
    Md5 = 1,

    /// <summary>SHA-1, 20 bytes (FIPS 180-4).</summary>
    Sha1 = 2,

    /// <summary>SHA-256, 32 bytes (FIPS 180-4).</summary>
    Sha256 = 3,

    /// <summary>SHA-384, 48 bytes (FIPS 180-4).</summary>
    Sha384 = 4,

    /// <summary>SHA-512, 64 bytes (FIPS 180-4).</summary>
    Sha512 = 5,
}
