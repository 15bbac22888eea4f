// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Tunnels;

/// <summary>Why a TLS connection failed, for programs and in words.</summary>
public sealed record TlsFailure
{
    /// <summary>What kind of failure it is.</summary>
    public required TlsFailureReason Reason { get; init; }

    /// <summary>One line in words, without secrets: "certificate has expired" or "the peer's alert: unknown ca".</summary>
    public required string Message { get; init; }

    /// <summary>Which certificate of the chain was refused, 0 being the peer's own; −1 when none was.</summary>
    public int Depth { get; init; } = -1;

    /// <summary>The subject of the refused certificate as <see cref="PeerCertificate.Subject"/>; empty when none was.</summary>
    public string Subject { get; init; } = "";

    /// <inheritdoc/>
    public override string ToString() => Depth < 0 ? Message : $"depth={Depth}, {Message}: {Subject}";
}
