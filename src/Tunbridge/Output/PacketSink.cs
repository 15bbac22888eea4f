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

    private readonly DeviceLayer _layer;
    private readonly Stream? _stream;
    private readonly PcapngWriter? _pcapng;
    private readonly TextWriter? _text;

    private PacketSink(string card, bool isTap, Stream? stream, TextWriter? text)
    {
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
    internal static PacketSink Open(string card, bool isTap, string? file) => file is null
        ? new(card, isTap, null, Console.Out)
        : new(card, isTap, file == "-" ? Console.OpenStandardOutput() : CreateFile(file, FileMode.Create), null);

    /// <summary>A new file and, when <paramref name="text"/> is given, lines as well.</summary>
    internal static PacketSink OpenNew(string card, bool isTap, string file, TextWriter? text) =>
        new(card, isTap, CreateFile(file, FileMode.CreateNew), text);

    /// <summary>Takes packets until enough came (0: never), the socket is woken, or its interface is gone.</summary>
    internal long TakeFrom(PacketSocket socket, long count)
    {
        byte[] buffer = new byte[BufferSize];
        long taken = 0;
        while (count == 0 || taken < count)
        {
            Errno errno = socket.TryRead(buffer, out ObservedPacket packet);
            if (errno == Errno.None)
            {
                Take(buffer.AsSpan(0, Math.Min(packet.Length, buffer.Length)), packet);
                taken++;
                continue;
            }

            // ENETDOWN is said once when the card goes down; it may come up again. ENXIO, ENODEV: it is gone.
            if (errno is Errno.ENXIO or Errno.ENODEV)
                break;
            Flush();
            if (socket.Wait() == WaitOutcome.Woken)
                break;
        }

        return taken;
    }

    public void Dispose()
    {
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
