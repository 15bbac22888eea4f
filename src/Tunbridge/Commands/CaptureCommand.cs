// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using Tunbridge.Cards;
using Tunbridge.Linux;
using Tunbridge.Netlink;
using Tunbridge.Packets;
using Tunbridge.Packets.Capture;

namespace Tunbridge.Commands;

/// <summary>tunbridge capture NAME: what passes a card, whoever serves it, as text or as pcapng.</summary>
internal static class CaptureCommand
{
    // The longest superpacket and its Ethernet header.
    private const int BufferSize = 65_536 + 64;

    internal static Command Create()
    {
        Argument<string> name = CommonOptions.Card("The card");
        Option<string?> file = new("--write", "-w")
        {
            Description = "Write pcapng to FILE instead of text ('-': standard output)",
            HelpName = "FILE",
        };
        Option<long> count = new("--count", "-c") { Description = "Stop after COUNT packets", HelpName = "COUNT" };
        count.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 &&
                (!long.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out long n) || n < 1))
                result.AddError($"--count takes a whole number from 1, not '{result.Tokens[0].Value}'");
        });
        Option<string?> netns = CommonOptions.Namespace();
        Command command = new("capture", "Watch the packets of a card, live or into a pcapng file") { name, file, count, netns };
        command.SetAction(parsed => CommonOptions.In(parsed.GetValue(netns), () => Run(
            parsed.GetRequiredValue(name), parsed.GetValue(file), parsed.GetValue(count))));
        return command.WithExamples(
            ("tunbridge capture tap0", "one line a packet, until Ctrl-C"),
            ("tunbridge capture tap0 -w tap0.pcapng -c 100", "the next 100 packets, for Wireshark or tcpdump -r"),
            ("tunbridge capture tap0 -w - | tcpdump -n -r -", "through another program"));
    }

    private static int Run(string name, string? file, long count)
    {
        using RouteNetlink netlink = RouteNetlink.Open();
        Card card = Card.Read(netlink, name);
        using PacketSocket socket = PacketSocket.Open(card.Link.Index);
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using PacketSink sink = new(card, file);
        if (!card.Link.IsUp)
            Console.Error.WriteLine($"tunbridge: {name} is down: nothing passes until it is up (tunbridge set {name} --up)");

        long captured = Pump(socket, sink, count);
        socket.ReadStatistics(out _, out uint lost);
        Console.Error.WriteLine($"{captured} packets captured, {lost} lost");
        return ExitCode.Done;

        void Stop(PosixSignalContext context)
        {
            // The pump ends in its own time, so that the file is whole.
            context.Cancel = true;
            socket.Wake();
        }
    }

    private static long Pump(PacketSocket socket, PacketSink sink, long count)
    {
        byte[] buffer = new byte[BufferSize];
        long captured = 0;
        while (count == 0 || captured < count)
        {
            Errno errno = socket.TryRead(buffer, out ObservedPacket packet);
            if (errno == Errno.None)
            {
                sink.Take(buffer.AsSpan(0, Math.Min(packet.Length, buffer.Length)), packet);
                captured++;
                continue;
            }

            // ENETDOWN is said once when the card goes down; it may come up again. ENXIO, ENODEV: it is gone.
            if (errno is Errno.ENXIO or Errno.ENODEV)
                break;
            sink.Flush();
            if (socket.Wait() == WaitOutcome.Woken)
                break;
        }

        return captured;
    }

    /// <summary>Where captured packets go: a pcapng stream, or lines on standard output.</summary>
    private sealed class PacketSink : IDisposable
    {
        private readonly DeviceLayer _layer;
        private readonly Stream? _stream;
        private readonly PcapngWriter? _pcapng;
        private readonly TextWriter _text = Console.Out;

        internal PacketSink(Card card, string? file)
        {
            _layer = card.Tun.IsTap ? DeviceLayer.Frame : DeviceLayer.Packet;
            if (file is null)
                return;
            _stream = file == "-" ? Console.OpenStandardOutput() : new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.Read);
            _pcapng = new PcapngWriter(_stream, "tunbridge");
            _pcapng.AddInterface(card.Tun.IsTap ? PcapngLinkType.Ethernet : PcapngLinkType.Raw, card.Name);
            _stream.Flush();
        }

        internal void Take(ReadOnlySpan<byte> bytes, in ObservedPacket packet)
        {
            if (_pcapng is not null)
            {
                _pcapng.WritePacket(
                    0, bytes, packet.UnixNanoseconds, packet.IsOutbound ? PacketDirection.Outbound : PacketDirection.Inbound,
                    packet.Length);
                return;
            }

            DateTimeOffset time = DateTimeOffset.UnixEpoch.AddTicks(packet.UnixNanoseconds / 100).ToLocalTime();
            _text.WriteLine(
                $"{time:HH:mm:ss.ffffff} {(packet.IsOutbound ? "out" : "in "),-3} {PacketText.Format(bytes, _layer)}");
        }

        internal void Flush()
        {
            _stream?.Flush();
            _text.Flush();
        }

        public void Dispose()
        {
            Flush();
            _stream?.Dispose();
        }
    }
}
