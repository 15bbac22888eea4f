// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Tunnels;

/// <summary>What a certificate of the peer says; text from it has no control characters.</summary>
public sealed record PeerCertificate
{
    /// <summary>The subject in one line, in the order of the certificate: "C=KG, O=Example, CN=client".</summary>
    public required string Subject { get; init; }

    /// <summary>The issuer, written as the subject.</summary>
    public required string Issuer { get; init; }

    /// <summary>The parts of the subject with their short names (C, O, OU, CN, emailAddress …), in order.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> SubjectParts { get; init; }

    /// <summary>The last common name of the subject; empty when it has none.</summary>
    public required string CommonName { get; init; }

    /// <summary>The serial number, big-endian, without leading zero bytes.</summary>
    public required ReadOnlyMemory<byte> Serial { get; init; }

    /// <summary>The first moment at which it is valid.</summary>
    public required DateTimeOffset NotBefore { get; init; }

    /// <summary>The last moment at which it is valid.</summary>
    public required DateTimeOffset NotAfter { get; init; }

    /// <summary>SHA-1 of the whole certificate, 20 bytes.</summary>
    public required ReadOnlyMemory<byte> Sha1 { get; init; }

    /// <summary>SHA-256 of the whole certificate, 32 bytes.</summary>
    public required ReadOnlyMemory<byte> Sha256 { get; init; }

    /// <summary>The whole certificate (DER).</summary>
    public required ReadOnlyMemory<byte> Encoded { get; init; }
}
