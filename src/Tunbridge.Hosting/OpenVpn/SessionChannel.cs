// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Control;
using Tunbridge.OpenVpn.Data;
using Tunbridge.Tunnels;

namespace Tunbridge.Hosting;

/// <summary>The data keys of an OpenVPN session, for the threads of a pump.</summary>
/// <remarks>
/// Each thread that seals gets a sealer of its own, made when it first asks after a change of keys. Dispose it when the peer has been
/// taken out of its pump, before the session.
/// </remarks>
public sealed class SessionChannel : IDataChannel, IDisposable
{
    private readonly Session _session;
    private readonly Lock _lock = new();    // for a new slot, and for a fork: keys are copied one thread after the other
    private Slot[] _slots = [new(), new()];
    private bool _isDisposed;

    /// <summary>The channel of a session.</summary>
    /// <param name="session">The session; stays the caller's.</param>
    public SessionChannel(Session session)
    {
        ArgumentNullException.ThrowIfNull(session);
        _session = session;
    }

    /// <inheritdoc/>
    public IPacketSealer? SealerFor(int slot)
    {
        DataSealer? origin = _session.Keys.Sealer;
        Slot[] slots = Volatile.Read(ref _slots);
        if (slot < slots.Length && slots[slot].Origin == origin)
            return slots[slot].Own;
        return Renew(slot);
    }

    /// <inheritdoc/>
    public DropReason TryOpen(Span<byte> datagram, long nowMilliseconds, out Span<byte> packet, out bool isExit) =>
        _session.Keys.TryOpen(datagram, nowMilliseconds, out packet, out isExit);

    /// <summary>Wipes the sealers' keys; no thread may use the channel any more.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            foreach (Slot slot in _slots)
            {
                slot.Own?.Dispose();
                slot.Own = slot.Origin = null;
            }
        }
    }

    private DataSealer? Renew(int slot)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(slot);
        lock (_lock)
        {
            if (_isDisposed)
                return null;
            while (slot >= _slots.Length)
                Volatile.Write(ref _slots, [.. _slots, new Slot()]);
            // The slot's own thread is here: nobody uses its old sealer.
            Slot own = _slots[slot];
            own.Own?.Dispose();
            own.Own = null;
            own.Origin = null;
            // Looked up anew: what the caller saw may have waited for the lock. A thread that was stopped for long may
            // find even this one's key retired, and its successor in place.
            DataSealer? origin, fork = null;
            do
                origin = _session.Keys.Sealer;
            while (origin is not null && !origin.TryFork(out fork) && origin != _session.Keys.Sealer);
            own.Own = fork;
            own.Origin = fork is null ? null : origin;
            return fork;
        }
    }

    private sealed class Slot
    {
        internal DataSealer? Origin;    // the session's, of which this is a fork
        internal DataSealer? Own;
    }
}
