// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Wire;
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Data;

/// <summary>The data keys of a session at one moment: what to send with, and all that may be received with.</summary>
/// <remarks>
/// Immutable: a session publishes another one when a key comes or goes. Sealer and openers that are no longer in it are disposed
/// ten seconds later; a thread takes a new look for each batch. See <see cref="DataSealer"/> and <see cref="DataOpener"/> for
/// who may use them.
/// </remarks>
public sealed class DataKeys
{
    private readonly DataOpener?[] _openers;
    private readonly DataSealer? _current;

    // A key that is ready, but which the peer may not have yet.
    private readonly DataSealer? _next;
    private readonly DataOpener? _nextOpener;

    internal DataKeys(DataSealer? sealer, ReadOnlySpan<DataOpener?> openers, DataSealer? next = null, DataOpener? nextOpener = null)
    {
        _current = sealer;
        _next = next;
        _nextOpener = nextOpener;
        _openers = new DataOpener?[8];
        foreach (DataOpener? opener in openers)
        {
            if (opener is not null)
                _openers[opener.KeyId] = opener;
        }
    }

    /// <summary>No keys yet.</summary>
    public static DataKeys None { get; } = new(null, []);

    /// <summary>What packets are sent with; null before the handshake is done.</summary>
    /// <remarks>
    /// A new key from the moment on when the peer has sent with it: the session only looks now and then, and a peer that makes
    /// new keys every few seconds would long have thrown the old one away.
    /// </remarks>
    public DataSealer? Sealer => _nextOpener is { Count: > 0 } ? _next : _current;

    /// <summary>The opener for a datagram; null for a key that is not there, and for anything but data.</summary>
    /// <param name="datagram">At least its first byte.</param>
    /// <returns>The opener.</returns>
    public DataOpener? OpenerFor(ReadOnlySpan<byte> datagram) =>
        PacketHead.TryRead(datagram, out PacketHead head) && head.IsData ? _openers[head.KeyId] : null;

    /// <summary>Opens a datagram and tells packets from what only keeps the session going.</summary>
    /// <param name="datagram">Changed in place.</param>
    /// <param name="nowMilliseconds">The time, which only grows.</param>
    /// <param name="payload">The packet for the card.</param>
    /// <param name="isExit">The peer says that it leaves: tell the session with <c>HandlePeerExit</c>.</param>
    /// <returns>Whether there is a packet for the card, and otherwise why not; <see cref="DropReason.None"/> with an empty payload for a ping.</returns>
    public DropReason TryOpen(Span<byte> datagram, long nowMilliseconds, out Span<byte> payload, out bool isExit)
    {
        payload = default;
        isExit = false;
        DataOpener? opener = OpenerFor(datagram);
        if (opener is null)
            return DropReason.UnknownKey;
        DropReason reason = opener.TryOpen(datagram, nowMilliseconds, out Span<byte> opened);
        if (reason != DropReason.None)
            return reason;
        InBandKind kind = InBand.Classify(opened);
        isExit = kind == InBandKind.Exit;
        if (kind == InBandKind.Packet)
            payload = opened;
        return DropReason.None;
    }
}
