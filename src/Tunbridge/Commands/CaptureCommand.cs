// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using Tunbridge.Cards;
using Tunbridge.Linux;
using Tunbridge.Netlink;
using Tunbridge.Output;

namespace Tunbridge.Commands;

/// <summary>tunbridge capture NAME: what passes a card, whoever serves it, as text or as pcapng.</summary>
internal static class CaptureCommand
{
    internal static Command Create()
    {
        Argument<string> name = CardArgument.Create("The card");
        Option<string?> file = new("--write", "-w")
        {
            Description = "Write pcapng to FILE instead of text ('-': standard output)",
            HelpName = "FILE",
        };
        file.NotEmpty();
        Option<long> count = new("--count", "-c") { Description = "Stop after COUNT packets", HelpName = "COUNT" };
        count.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 &&
                (!long.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out long n) || n < 1))
                result.AddError($"--count takes a whole number from 1, not '{result.Tokens[0].Value}'");
        });
        Option<string?> netns = TargetNamespace.Option();
        Command command = new("capture", "Watch the packets of a card, live or into a pcapng file") { name, file, count, netns };
        command.SetAction(parsed => TargetNamespace.In(parsed.GetValue(netns), () => Run(
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
        using CancellationTokenSource stop = new();
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using PacketSink sink = PacketSink.Open(card.Name, card.Tun.IsTap, file);
        if (!card.Link.IsUp)
            Console.Error.WriteLine($"tunbridge: {name} is down: nothing passes until it is up (tunbridge set {name} --up)");

        long captured = sink.TakeFrom(socket, count, () => netlink.Links.TryGet(card.Link.Index) is null, stop.Token);
        if (netlink.Links.TryGet(card.Link.Index) is null)
            Console.Error.WriteLine($"tunbridge: {name} is gone");
        socket.ReadStatistics(out _, out uint lost);
        Console.Error.WriteLine($"{captured} packets captured, {lost} lost");
        return ExitCode.Done;

        void Stop(PosixSignalContext context)
        {
            // The pump ends in its own time, so that the file is whole.
            context.Cancel = true;
            stop.Cancel();
        }
    }
}
