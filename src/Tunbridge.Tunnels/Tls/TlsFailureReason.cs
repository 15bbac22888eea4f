// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Tunnels;

/// <summary>What made a TLS connection fail, as far as a program has to tell it apart.</summary>
public enum TlsFailureReason : byte
{
    /// <summary>Something else; the words say what.</summary>
    Other = 0,

    /// <summary>What came is no TLS, or breaks its rules.</summary>
    Protocol = 1,

    /// <summary>The peer sent a fatal alert: it refused us.</summary>
    PeerAlert = 2,

    /// <summary>No version or cipher in common.</summary>
    NothingInCommon = 3,

    /// <summary>The peer showed no certificate, and one is required.</summary>
    NoCertificate = 4,

    /// <summary>The chain does not end at an authority that is trusted, or a signature in it is wrong or too weak.</summary>
    Untrusted = 5,

    /// <summary>A certificate of the chain is no more, or not yet, valid.</summary>
    OutOfDate = 6,

    /// <summary>A certificate of the chain is revoked, or the revocation list is missing or out of date.</summary>
    Revoked = 7,

    /// <summary>The certificate is not for this use (key usage, extended key usage).</summary>
    WrongUsage = 8,

    /// <summary>The certificate is that of somebody else (verify-x509-name).</summary>
    WrongName = 9,

    /// <summary>The certificate's fingerprint is not one of those allowed.</summary>
    WrongFingerprint = 10,
}
