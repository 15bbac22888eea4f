// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Packets;
using Tunbridge.Packets.Capture;

namespace Tunbridge.Output;

/// <summary>Where watched packets go: a pcapng stream, lines of text, or both.</summary>
internal sealed class PacketSink : IDisposable
{
    // The longest superpacket and its Ethernet header.
    private const int BufferSize = 65_536 + 64;

    private const int IdleMilliseconds = 1000;

    // What fits the socket's buffer many times over.
    private const int MostLatePackets = 65_536;

    private readonly DeviceLayer _layer;
    private readonly Stream? _stream;
    private readonly PcapngWriter? _pcapng;
    private readonly TextWriter? _text;
    private readonly bool _isPipe;
    private bool _isBroken;

    private PacketSink(string card, bool isTap, Stream? stream, TextWriter? text, bool isPipe = false)
    {
        _isPipe = isPipe;
        _layer = isTap ? DeviceLayer.Frame : DeviceLayer.Packet;
        _stream = stream;
        _text = text;
        if (stream is null)
            return;
        _pcapng = new PcapngWriter(stream, "tunbridge");
        _pcapng.AddInterface(isTap ? PcapngLinkType.Ethernet : PcapngLinkType.Raw, card);
        stream.Flush();
    }

    /// <summary>A file ('-' for standard output), or text on standard output when there is none.</summary>
    internal static PacketSink Open(string card, bool isTap, string? file)
    {
        if (file is not (null or "-"))
            return new(card, isTap, CreateFile(file, FileMode.Create), null);
        bool isPipe;
        return file is null
            ? new(card, isTap, null, StandardOutput.OpenText(out isPipe), isPipe)
            : new(card, isTap, StandardOutput.Open(out isPipe), null, isPipe);
    }

    /// <summary>A new file and, when <paramref name="text"/> is given, lines as well.</summary>
    internal static PacketSink OpenNew(string card, bool isTap, string file, TextWriter? text) =>
        new(card, isTap, CreateFile(file, FileMode.CreateNew), text);

    /// <summary>Takes packets until enough came (0: never), it is stopped, its interface is gone, or its reader is.</summary>
    internal long TakeFrom(PacketSocket socket, long count, Func<bool> isGone, CancellationToken stop)
    {
        using CancellationTokenRegistration waking = stop.Register(socket.Wake);
        byte[] buffer = new byte[BufferSize];
        long taken = 0;
        try
        {
            // What had come before the stop is taken; where packets never cease, there is an end all the same.
            for (int late = 0; (count == 0 || taken < count) && late < MostLatePackets; late += stop.IsCancellationRequested ? 1 : 0)
            {
                Errno errno = socket.TryRead(buffer, out ObservedPacket packet);
                if (errno == Errno.None)
                {
                    Take(buffer.AsSpan(0, Math.Min(packet.Length, buffer.Length)), packet);
                    taken++;
                    continue;
                }

                // ENETDOWN is said when the card goes down, which may come up again, and when it goes for good.
                if (errno is Errno.ENXIO or Errno.ENODEV || (errno == Errno.ENETDOWN && isGone()))
                    break;
                if (errno is not (Errno.EAGAIN or Errno.ENETDOWN))
                    throw LinuxException.Create(errno, "recvmsg", "AF_PACKET", null, null);
                if (stop.IsCancellationRequested)
                    break;
                Flush();
                // A card that goes while it is down says nothing to its listeners. Woken: what came just before is read first.
                if (socket.Wait(IdleMilliseconds) == WaitOutcome.TimedOut && isGone())
                    break;
            }

            Flush();
        }
        catch (IOException) when (_isPipe)
        {
            // The program at the other end of the pipe has seen enough, as `head` does; what is left is for nobody.
            _isBroken = true;
        }

        return taken;
    }

    public void Dispose()
    {
        if (_isBroken)
            return;
        Flush();
        _stream?.Dispose();
    }

    private void Take(ReadOnlySpan<byte> bytes, in ObservedPacket packet)
    {
        _pcapng?.WritePacket(
            0, bytes, packet.UnixNanoseconds, packet.IsOutbound ? PacketDirection.Outbound : PacketDirection.Inbound,
            packet.Length);
        if (_text is null)
            return;
        DateTimeOffset time = DateTimeOffset.UnixEpoch.AddTicks(packet.UnixNanoseconds / TimeSpan.NanosecondsPerTick).ToLocalTime();
        _text.WriteLine($"{time:HH:mm:ss.ffffff} {(packet.IsOutbound ? "out" : "in "),-3} {PacketText.Format(bytes, _layer)}");
    }

    private void Flush()
    {
        _stream?.Flush();
        _text?.Flush();
    }

    private static FileStream CreateFile(string file, FileMode mode) => new(file, mode, FileAccess.Write, FileShare.Read);
}
