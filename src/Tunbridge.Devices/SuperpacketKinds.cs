// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Packets;

namespace Tunbridge.Devices;

/// <summary>Which kinds of superpacket a card hands to the kernel whole; the others are cut here.</summary>
/// <remarks>
/// Kernels differ in what they take, and only trying tells. Shared by the queues of a card. Thread-safe; asking
/// costs one read.
/// </remarks>
public sealed class SuperpacketKinds
{
    private long _cut;
    private uint _off;

    internal SuperpacketKinds(uint off) => _off = off;

    /// <summary>
    /// Raised once for each kind when the kernel refuses it while it takes the same packet cut; on the writer's thread,
    /// which waits for the handlers.
    /// </summary>
    public event EventHandler<GsoKind>? TurnedOff;

    /// <summary>Superpackets that were cut here: their kind is off, or the card has no virtio header.</summary>
    public long CutCount => Interlocked.Read(ref _cut);

    /// <summary>Whether superpackets of a kind go to the kernel whole.</summary>
    /// <param name="kind">The kind; what cannot be cut here is always tried.</param>
    public bool Takes(GsoKind kind) => (Volatile.Read(ref _off) & Bit(kind)) == 0;

    internal static uint Cuttable => Bit(GsoKind.TcpV4) | Bit(GsoKind.TcpV6) | Bit(GsoKind.UdpL4);

    internal static uint Bit(GsoKind kind) => 1u << ((int)kind & 31);

    internal void TurnOff(GsoKind kind)
    {
        uint before = Interlocked.Or(ref _off, Bit(kind) & Cuttable);
        if ((before & Bit(kind)) == 0)
            TurnedOff?.Invoke(this, kind);
    }

    internal void AddCut() => Interlocked.Increment(ref _cut);
}
