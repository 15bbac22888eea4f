// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Wire;

namespace Tunbridge.OpenVpn.Control;

/// <summary>
/// Numbers, repeats and orders the control messages of one key state, and acknowledges those of the peer. Time is an argument.
/// </summary>
internal sealed class Reliability(TimeSpan firstTimeout)
{
    internal const int SendWindow = 6;
    internal const int ReceiveWindow = 12;

    // Later messages acknowledged before a lost one is repeated at once.
    private const int LaterAcksForRepeat = 3;

    private readonly Outgoing[] _outgoing = [new(), new(), new(), new(), new(), new()];
    private readonly Incoming[] _incoming = new Incoming[ReceiveWindow];
    private readonly List<uint> _pendingAcks = [];
    private readonly List<uint> _recentAcks = [];
    private uint _nextSend;
    private uint _lowestUnacknowledged;
    private uint _nextReceive;

    /// <summary>There is room for a message in the send window.</summary>
    internal bool CanQueue => _nextSend - _lowestUnacknowledged < SendWindow;

    /// <summary>Everything sent has been acknowledged.</summary>
    internal bool IsAcknowledged => _nextSend == _lowestUnacknowledged;

    internal bool HasPendingAcks => _pendingAcks.Count > 0;

    /// <summary>The number that the next message of ours gets.</summary>
    internal uint NextSend => _nextSend;

    /// <summary>When a message has to be repeated; null when none waits.</summary>
    internal DateTimeOffset? NextTimeout
    {
        get
        {
            DateTimeOffset? first = null;
            foreach (Outgoing message in _outgoing)
            {
                if (message.IsWaiting && !(first <= message.Due))
                    first = message.Due;
            }
            return first;
        }
    }

    /// <summary>Begins where the cookie exchange of a server without state left off: message 0 of both is done.</summary>
    internal void SkipFirst() => _nextSend = _lowestUnacknowledged = _nextReceive = 1;

    /// <summary>Takes a message to send; only when <see cref="CanQueue"/>.</summary>
    internal void Queue(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        if (!CanQueue)
            throw new InvalidOperationException("The send window is full.");
        Outgoing message = _outgoing[_nextSend % SendWindow];
        message.Id = _nextSend++;
        message.Opcode = opcode;
        message.Payload = payload.ToArray();
        message.IsWaiting = true;
        message.LaterAcks = 0;
        message.Due = DateTimeOffset.MinValue;
        message.Timeout = firstTimeout;
    }

    /// <summary>Gives the next message that is due, new or again.</summary>
    internal bool TryPollSend(DateTimeOffset now, out Opcode opcode, out uint id, out ReadOnlySpan<byte> payload)
    {
        opcode = Opcode.None;
        payload = default;
        for (id = _lowestUnacknowledged; id != _nextSend; id++)
        {
            Outgoing message = _outgoing[id % SendWindow];
            if (!message.IsWaiting || message.Due > now)
                continue;
            message.Due = now + message.Timeout;
            message.Timeout *= 2;
            opcode = message.Opcode;
            payload = message.Payload;
            return true;
        }
        return false;
    }

    internal void HandleAcks(ReadOnlySpan<uint> ids)
    {
        foreach (uint id in ids)
        {
            // Not one that is outstanding: old, or never sent.
            if (id - _lowestUnacknowledged >= _nextSend - _lowestUnacknowledged || !_outgoing[id % SendWindow].IsWaiting)
                continue;
            _outgoing[id % SendWindow].IsWaiting = false;
            for (uint earlier = _lowestUnacknowledged; earlier != id; earlier++)
            {
                Outgoing message = _outgoing[earlier % SendWindow];
                if (message.IsWaiting && ++message.LaterAcks == LaterAcksForRepeat)
                    message.Due = DateTimeOffset.MinValue;
            }
            while (_lowestUnacknowledged != _nextSend && !_outgoing[_lowestUnacknowledged % SendWindow].IsWaiting)
                _lowestUnacknowledged++;
        }
    }

    /// <summary>Takes a message of the peer; what came before is acknowledged once more, what lies beyond the window is not.</summary>
    /// <returns>Whether it is new and kept.</returns>
    internal bool HandleMessage(Opcode opcode, uint id, ReadOnlySpan<byte> payload)
    {
        uint ahead = id - _nextReceive;
        if (ahead >= ReceiveWindow && id >= _nextReceive)
            return false;
        bool isNew = id >= _nextReceive && _incoming[id % ReceiveWindow].Payload is null;
        if (isNew)
            _incoming[id % ReceiveWindow] = new Incoming(opcode, payload.ToArray());
        if (!_pendingAcks.Contains(id))
            _pendingAcks.Add(id);
        return isNew;
    }

    /// <summary>Gives the next message in order.</summary>
    internal bool TryDeliver(out Opcode opcode, out ReadOnlySpan<byte> payload)
    {
        ref Incoming next = ref _incoming[_nextReceive % ReceiveWindow];
        opcode = next.Opcode;
        payload = next.Payload;
        if (next.Payload is null)
            return false;
        next = default;
        _nextReceive++;
        return true;
    }

    /// <summary>Gives acknowledgements for a packet: first those that wait, then lately sent ones once more, in case they were lost.</summary>
    internal int TakeAcks(Span<uint> destination)
    {
        int count = Math.Min(_pendingAcks.Count, destination.Length);
        for (int i = 0; i < count; i++)
            destination[i] = _pendingAcks[i];
        for (int i = 0; i < _recentAcks.Count && count < destination.Length; i++)
        {
            if (!destination[..count].Contains(_recentAcks[i]))
                destination[count++] = _recentAcks[i];
        }
        _pendingAcks.RemoveRange(0, Math.Min(_pendingAcks.Count, count));
        for (int i = count - 1; i >= 0; i--)
        {
            _recentAcks.Remove(destination[i]);
            _recentAcks.Insert(0, destination[i]);
        }
        if (_recentAcks.Count > ControlBody.MaximumAcks)
            _recentAcks.RemoveRange(ControlBody.MaximumAcks, _recentAcks.Count - ControlBody.MaximumAcks);
        return count;
    }

    private readonly record struct Incoming(Opcode Opcode, byte[]? Payload);

    private sealed class Outgoing
    {
        internal uint Id;
        internal Opcode Opcode;
        internal byte[] Payload = [];
        internal bool IsWaiting;
        internal int LaterAcks;
        internal DateTimeOffset Due;
        internal TimeSpan Timeout;
    }
}
