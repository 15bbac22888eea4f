// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Packets;
using Tunbridge.Packets.Capture;

namespace Tunbridge.Devices;

/// <summary>A pcapng capture that several queues, on several threads, write into.</summary>
/// <remarks>
/// Thread-safe. A stream that fails (a full disk) ends the capture, see <see cref="Error"/>, and never the traffic.
/// A capture of TUN and TAP queues together is read by Wireshark, not by tcpdump.
/// </remarks>
public sealed class PacketCapture : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Stream _stream;
    private readonly bool _leaveOpen;
    private readonly PcapngWriter _writer;
    private readonly TimeProvider _time;
    private long _count;
    private bool _disposed;

    /// <summary>Starts a capture by writing its header.</summary>
    /// <param name="stream">Where to; disposed with the capture unless <paramref name="leaveOpen"/>.</param>
    /// <param name="time">Where the time of a packet comes from; null for the system's clock.</param>
    /// <param name="leaveOpen">Whether the stream stays the caller's.</param>
    /// <exception cref="IOException">The header could not be written.</exception>
    public PacketCapture(Stream stream, TimeProvider? time = null, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _stream = stream;
        _leaveOpen = leaveOpen;
        _time = time ?? TimeProvider.System;
        _writer = new PcapngWriter(stream, "tunbridge");
    }

    /// <summary>How many packets have been written.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>What ended the capture early; null while it goes on.</summary>
    public Exception? Error { get; private set; }

    /// <summary>Gives a queue whose packets, both ways, are written into the capture.</summary>
    /// <param name="queue">The queue; owned by the result.</param>
    /// <param name="name">The name of the interface in the capture, such as the card's.</param>
    public CapturingQueue Wrap(IPacketQueue queue, string name)
    {
        ArgumentNullException.ThrowIfNull(queue);
        return new CapturingQueue(queue, this, AddInterface(queue.Layer, name));
    }

    /// <summary>Describes an interface, for <see cref="Write"/>.</summary>
    /// <param name="layer">What its packets begin with.</param>
    /// <param name="name">Its name.</param>
    /// <returns>Its number.</returns>
    public int AddInterface(DeviceLayer layer, string name)
    {
        lock (_lock)
        {
            return _writer.AddInterface(
                layer == DeviceLayer.Frame ? PcapngLinkType.Ethernet : PcapngLinkType.Raw, name);
        }
    }

    /// <summary>Writes one packet, with the present time.</summary>
    /// <param name="interfaceNumber">The interface.</param>
    /// <param name="packet">The packet; not kept.</param>
    /// <param name="direction">Outbound is what the host sends.</param>
    public void Write(int interfaceNumber, ReadOnlySpan<byte> packet, PacketDirection direction)
    {
        lock (_lock)
        {
            if (_disposed || Error is not null)
                return;
            try
            {
                // Under the lock, so that time never goes back within the file.
                _writer.WritePacket(interfaceNumber, packet, _time.GetUtcNow(), direction);
                _count++;
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException or NotSupportedException)
            {
                Error = e;
            }
        }
    }

    /// <summary>Hands over what is buffered.</summary>
    /// <exception cref="IOException">The stream failed.</exception>
    public void Flush()
    {
        lock (_lock)
        {
            if (!_disposed)
                _stream.Flush();
        }
    }

    /// <summary>Ends the capture; queues that wrote into it go on without.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed)
                return;
            _disposed = true;
            if (_leaveOpen)
                _stream.Flush();
            else
                _stream.Dispose();
        }
    }
}
