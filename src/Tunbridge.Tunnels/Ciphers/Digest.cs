// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Tunnels;

/// <summary>The sizes of the digests.</summary>
public static class Digest
{
    /// <summary>Bytes of the longest digest.</summary>
    public const int MaximumSize = 64;

    /// <summary>Bytes that the digest, and the HMAC over it, has.</summary>
    /// <param name="algorithm">Which digest.</param>
    /// <returns>16 to 64.</returns>
    /// <exception cref="ArgumentOutOfRangeException">No such algorithm.</exception>
    public static int Size(DigestAlgorithm algorithm) => algorithm switch
    {
        DigestAlgorithm.Md5 => 16,
        DigestAlgorithm.Sha1 => 20,
        DigestAlgorithm.Sha256 => 32,
        DigestAlgorithm.Sha384 => 48,
        DigestAlgorithm.Sha512 => 64,
        _ => throw new ArgumentOutOfRangeException(nameof(algorithm), algorithm, "This digest is not known."),
    };
}
