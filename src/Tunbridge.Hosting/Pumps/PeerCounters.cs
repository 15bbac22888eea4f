// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Hosting;

/// <summary>What went through to and from one peer.</summary>
/// <remarks>Written by threads of the data path, read by any.</remarks>
public sealed class PeerCounters
{
    private long _packetsSent;
    private long _bytesSent;
    private long _wireBytesSent;
    private long _packetsReceived;
    private long _bytesReceived;
    private long _wireBytesReceived;

    /// <summary>Packets sent to the peer.</summary>
    public long PacketsSent => Interlocked.Read(ref _packetsSent);

    /// <summary>Bytes of those packets.</summary>
    public long BytesSent => Interlocked.Read(ref _bytesSent);

    /// <summary>Bytes sent over the link, control included, without the headers of UDP or TCP.</summary>
    public long WireBytesSent => Interlocked.Read(ref _wireBytesSent);

    /// <summary>Packets received from the peer.</summary>
    public long PacketsReceived => Interlocked.Read(ref _packetsReceived);

    /// <summary>Bytes of those packets.</summary>
    public long BytesReceived => Interlocked.Read(ref _bytesReceived);

    /// <summary>Bytes received over the link, control included, without the headers of UDP or TCP.</summary>
    public long WireBytesReceived => Interlocked.Read(ref _wireBytesReceived);

    /// <summary>Adds to what was sent.</summary>
    /// <param name="packets">Packets.</param>
    /// <param name="bytes">Their bytes.</param>
    /// <param name="wireBytes">Bytes over the link.</param>
    public void AddSent(int packets, long bytes, long wireBytes)
    {
        Interlocked.Add(ref _packetsSent, packets);
        Interlocked.Add(ref _bytesSent, bytes);
        Interlocked.Add(ref _wireBytesSent, wireBytes);
    }

    /// <summary>Adds to what was received.</summary>
    /// <param name="packets">Packets.</param>
    /// <param name="bytes">Their bytes.</param>
    /// <param name="wireBytes">Bytes over the link.</param>
    public void AddReceived(int packets, long bytes, long wireBytes)
    {
        Interlocked.Add(ref _packetsReceived, packets);
        Interlocked.Add(ref _bytesReceived, bytes);
        Interlocked.Add(ref _wireBytesReceived, wireBytes);
    }
}
