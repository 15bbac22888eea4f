// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.OpenVpn.Wire;

/// <summary>What a decrypted payload is.</summary>
internal enum InBandKind
{
    /// <summary>A packet or frame for the card.</summary>
    Packet,

    /// <summary>The peer is alive; nothing for the card.</summary>
    Ping,

    /// <summary>The peer leaves (OCC EXIT).</summary>
    Exit,

    /// <summary>Another of the old option-consistency messages: to be ignored in TLS mode.</summary>
    OtherOcc,
}

/// <summary>The payloads of the data channel that are not packets.</summary>
internal static class InBand
{
    private const byte OccExit = 6;

    /// <summary>Sent when nothing else was for <c>ping</c> seconds.</summary>
    internal static ReadOnlySpan<byte> Ping =>
        [0x2a, 0x18, 0x7b, 0xf3, 0x64, 0x1e, 0xb4, 0xcb, 0x07, 0xed, 0x2d, 0x0a, 0x98, 0x1f, 0xc7, 0x48];

    /// <summary>Sent by a client that leaves and has not agreed on EXIT over the control channel.</summary>
    internal static ReadOnlySpan<byte> Exit =>
        [0x28, 0x7f, 0x34, 0x6b, 0xd4, 0xef, 0x7a, 0x81, 0x2d, 0x56, 0xb8, 0xd3, 0xaf, 0xc5, 0x45, 0x9c, OccExit];

    internal static InBandKind Classify(ReadOnlySpan<byte> payload)
    {
        if (payload.SequenceEqual(Ping))
            return InBandKind.Ping;
        if (payload.Length < Exit.Length || !payload.StartsWith(Exit[..^1]))
            return InBandKind.Packet;
        return payload[Exit.Length - 1] == OccExit ? InBandKind.Exit : InBandKind.OtherOcc;
    }
}
