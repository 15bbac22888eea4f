// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using Tunbridge.Packets;
using Tunbridge.Packets.Capture;

namespace Tunbridge.Devices;

/// <summary>A pcapng capture that never keeps the traffic waiting: what finds no room is counted instead.</summary>
/// <remarks>
/// <code>
///   any thread ── TryAdd: copy under a short lock ──▶ buffer being filled
///                                                          ⇅ swapped when the other is written out
///   a thread of the tap's own ◀────────────────────── buffer being written ──▶ stream
/// </code>
/// Thread-safe. Adding allocates nothing and never waits for the stream. A stream that fails ends the capture, see
/// <see cref="Error"/>, and never the traffic. A superpacket is captured whole. Wireshark reads a
/// capture of any interfaces; tcpdump (libpcap 1.10) one of TAPs, or of a single TUN.
/// </remarks>
public sealed class PacketTap : IDisposable
{
    /// <summary>Bytes that packets may wait in, unless told otherwise.</summary>
    public const int DefaultBufferSize = 8 * 1024 * 1024;

    // | time, ns 8 | length 4 | interface 2 | direction 2 | packet, padded to 8 |
    private const int RecordHeaderSize = 16;
    private const int LengthOffset = 8;
    private const int InterfaceOffset = 12;
    private const int DirectionOffset = 14;
    private const int RecordAlignment = 8;

    private readonly Stream _stream;
    private readonly bool _leaveOpen;
    private readonly Action<Exception>? _failed;
    private readonly TimeProvider _time;
    private readonly PcapngWriter _writer; // under _writerLock
    private readonly Lock _writerLock = new();
    private readonly AutoResetEvent _waiting = new(false);
    private readonly Thread _thread;

    // Under _lock.
    private readonly Lock _lock = new();
    private byte[] _filling;
    private byte[] _other;
    private int _used;
    private bool _disposed;

    private long _written;
    private long _dropped;

    /// <summary>Starts a capture by writing its header.</summary>
    /// <param name="stream">Where to; disposed with the tap unless <paramref name="leaveOpen"/>.</param>
    /// <param name="bufferSize">Bytes that packets may wait in, 1 MiB at least.</param>
    /// <param name="time">Where the time of a packet comes from; null for the system's clock.</param>
    /// <param name="leaveOpen">Whether the stream stays the caller's.</param>
    /// <param name="failed">
    /// Told what ends the capture early, once and at once, on the tap's thread or that of whoever disposes it; null for nobody.
    /// </param>
    /// <exception cref="IOException">
    /// The header could not be written; the stream is disposed, unless <paramref name="leaveOpen"/>.
    /// </exception>
    public PacketTap(
        Stream stream, int bufferSize = DefaultBufferSize, TimeProvider? time = null, bool leaveOpen = false,
        Action<Exception>? failed = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfLessThan(bufferSize, 1024 * 1024);
        _stream = stream;
        _leaveOpen = leaveOpen;
        _failed = failed;
        _time = time ?? TimeProvider.System;
        _filling = new byte[bufferSize / 2];
        _other = new byte[bufferSize / 2];
        _writer = WriteHeader();
        _thread = new Thread(WriteOut) { IsBackground = true, Name = "packet tap" };
        _thread.Start();
    }

    /// <summary>How many packets have been written.</summary>
    public long Written => Interlocked.Read(ref _written);

    /// <summary>How many packets found no room, or came after the stream had failed.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>What ended the capture early; null while it goes on.</summary>
    public Exception? Error { get; private set; }

    /// <summary>Describes an interface, for <see cref="TryAdd"/>.</summary>
    /// <param name="layer">What its packets begin with.</param>
    /// <param name="name">Its name.</param>
    /// <returns>Its number.</returns>
    /// <exception cref="IOException">The description could not be written.</exception>
    public int AddInterface(DeviceLayer layer, string name)
    {
        lock (_writerLock)
        {
            int number = _writer.AddInterface(
                layer == DeviceLayer.Frame ? PcapngLinkType.Ethernet : PcapngLinkType.Raw, name);
            _stream.Flush();
            return number;
        }
    }

    /// <summary>Adds a packet, with the present time.</summary>
    /// <param name="interfaceNumber">The interface.</param>
    /// <param name="packet">The packet; copied.</param>
    /// <param name="direction">Outbound is what the host sends.</param>
    /// <returns>False when there was no room, or the capture has ended: it is counted as dropped.</returns>
    public bool TryAdd(int interfaceNumber, ReadOnlySpan<byte> packet, PacketDirection direction)
    {
        int size = (RecordHeaderSize + packet.Length + RecordAlignment - 1) & -RecordAlignment;
        bool wasEmpty;
        lock (_lock)
        {
            if (_disposed || Error is not null || size > _filling.Length - _used)
            {
                Interlocked.Increment(ref _dropped);
                return false;
            }

            // Under the lock, so that time never goes back within the file.
            long time = Math.Max(0, (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100);
            Span<byte> record = _filling.AsSpan(_used, size);
            BinaryPrimitives.WriteInt64LittleEndian(record, time);
            BinaryPrimitives.WriteInt32LittleEndian(record[LengthOffset..], packet.Length);
            BinaryPrimitives.WriteInt16LittleEndian(record[InterfaceOffset..], (short)interfaceNumber);
            BinaryPrimitives.WriteInt16LittleEndian(record[DirectionOffset..], (short)direction);
            packet.CopyTo(record[RecordHeaderSize..]);
            wasEmpty = _used == 0;
            _used += size;
        }

        // The writer, once awake, looks again before it sleeps: one signal for each time it may have slept.
        if (wasEmpty)
            _waiting.Set();
        return true;
    }

    /// <summary>Writes out what waits and ends the capture; those who still add are told that there is no room.</summary>
    /// <remarks>A stream that fails now is told of by <see cref="Error"/>, too.</remarks>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed)
                return;
            _disposed = true;
        }

        _waiting.Set();
        _thread.Join();
        _waiting.Dispose();
        if (_leaveOpen)
            return;
        try
        {
            _stream.Dispose();
        }
        catch (IOException e)
        {
            // A file tries once more to write what it could not, and tells again that there is no room.
            if (Error is null)
                Fail(e);
        }
    }

    private PcapngWriter WriteHeader()
    {
        try
        {
            PcapngWriter writer = new(_stream, "tunbridge");
            _stream.Flush();
            return writer;
        }
        catch
        {
            CloseAfterFailure();
            throw;
        }
    }

    private void CloseAfterFailure()
    {
        if (_leaveOpen)
            return;
        try
        {
            _stream.Dispose();
        }
        catch (IOException)
        {
            // It tried once more to write what it could not; the first refusal is the one to report.
            return;
        }
    }

    private void Fail(Exception error)
    {
        Error = error;
        _failed?.Invoke(error);
    }

    private void WriteOut()
    {
        while (true)
        {
            byte[] full;
            int used;
            bool isLast;
            lock (_lock)
            {
                (full, used) = (_filling, _used);
                (_filling, _other) = (_other, _filling);
                _used = 0;
                isLast = _disposed;
            }

            if (used != 0)
                Write(full.AsSpan(0, used));
            else if (isLast)
                return;
            else
                _waiting.WaitOne();
        }
    }

    private void Write(ReadOnlySpan<byte> records)
    {
        // Added while the stream was failing: a file would try again what its buffer holds, and fail, and be told of, again.
        if (Error is not null)
            return;
        try
        {
            lock (_writerLock)
            {
                while (!records.IsEmpty)
                {
                    int length = BinaryPrimitives.ReadInt32LittleEndian(records[LengthOffset..]);
                    _writer.WritePacket(
                        BinaryPrimitives.ReadInt16LittleEndian(records[InterfaceOffset..]),
                        records.Slice(RecordHeaderSize, length),
                        BinaryPrimitives.ReadInt64LittleEndian(records),
                        (PacketDirection)BinaryPrimitives.ReadInt16LittleEndian(records[DirectionOffset..]));
                    Interlocked.Increment(ref _written);
                    records = records[((RecordHeaderSize + length + RecordAlignment - 1) & -RecordAlignment)..];
                }

                _stream.Flush();
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or NotSupportedException)
        {
            Fail(e);
        }
    }
}
