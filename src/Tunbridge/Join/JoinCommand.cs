// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Runtime.InteropServices;
using Tunbridge.Commands;
using Tunbridge.Devices;
using Tunbridge.Linux;

namespace Tunbridge.Join;

/// <summary>tunbridge join A B: two cards that exist, in whatever namespaces, as the ends of one cable.</summary>
internal static class JoinCommand
{
    private const int MaximumQueues = 256;

    internal static Command Create()
    {
        Argument<string> first = End("A", "The one card");
        Argument<string> second = End("B", "The other card, of the same kind");
        Option<string?> capture = new Option<string?>("--capture")
        {
            Description = "Write what passes into a pcapng file",
            HelpName = "FILE",
        }.NotEmpty();
        Option<double> interval = new("--interval")
        {
            Description = "Print the counters every S seconds, and not only at the end",
            HelpName = "S",
        };
        interval.Validators.Add(r => RequireNumber(r, "--interval", "0.01 to 86400 seconds", IsInterval));
        Option<bool> json = new("--json") { Description = "Print counters as JSON: one document, or with --interval one a line" };
        Option<int> queues = new("--queues")
        {
            Description = "Open N queues of each card, with a thread each way for each",
            HelpName = "N",
            DefaultValueFactory = _ => 1,
        };
        queues.Validators.Add(r => RequireNumber(r, "--queues", $"1 to {MaximumQueues}", IsQueueCount));
        Option<string> offload = new("--offload")
        {
            Description = "auto: superpackets pass whole; off: the kernel gives single packets",
            HelpName = "auto|off",
            DefaultValueFactory = _ => "auto",
        };
        offload.AcceptOnlyFromAmong("auto", "off");
        Command command = new("join", "Join two cards, also across namespaces, until Ctrl-C")
        {
            first, second, capture, interval, json, queues, offload,
        };
        command.SetAction(parsed => Run(new()
        {
            First = parsed.GetRequiredValue(first),
            Second = parsed.GetRequiredValue(second),
            CaptureFile = parsed.GetValue(capture),
            Interval = parsed.GetValue(interval) is > 0 and double seconds ? TimeSpan.FromSeconds(seconds) : null,
            Json = parsed.GetValue(json),
            Queues = parsed.GetValue(queues),
            Offload = parsed.GetValue(offload) != "off",
        }));
        return command.WithExamples(
            ("tunbridge join tap0 lab/tap1", "tap0 here and tap1 in the namespace lab become two ends of a cable"),
            ("tunbridge join red/tun0 blue/tun0 --interval 1", "and the traffic is printed every second"),
            ("tunbridge join tun0 tun1 --capture both.pcapng --json", "for Wireshark, and counters for a program at the end"));
    }

    private static int Run(JoinRequest request)
    {
        using JoinEnd first = JoinEnd.Find(request.First);
        using JoinEnd second = JoinEnd.Find(request.Second);
        Check(first, second, request.Queues);
        using CancellationTokenSource stop = new();
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using VirtualDevice one = first.Open(request.Queues, request.Offload);
        using VirtualDevice other = second.Open(request.Queues, request.Offload);
        using PacketTap? tap = request.CaptureFile is string file
            ? new PacketTap(new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.Read), failed: error =>
                Console.Error.WriteLine(Output.Terminal.OneLine($"tunbridge: {file} ends early: {error.Message}")))
            : null;
        using Forwarder forwarder = new(one, other, new()
        {
            Tap = tap,
            CardChanged = state => Tell(state, state.IsFirst ? first : second),
        });
        foreach (JoinEnd end in (JoinEnd[])[first, second])
        {
            if (!end.Card.Link.IsUp)
                Console.Error.WriteLine($"tunbridge: {end.Text} is down: nothing passes until it is up");
        }

        JoinReport report = new(request, forwarder, tap);
        Console.Error.WriteLine($"{first.Text} and {second.Text} are joined; Ctrl-C ends it");
        Task running = Task.Factory.StartNew(
            () => forwarder.Run(stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        bool isRead = true;
        while (isRead && Task.WaitAny([running], request.Interval ?? Timeout.InfiniteTimeSpan) < 0)
            isRead = report.TryWriteInterval();
        // As one is used to from `tunbridge … | head`.
        if (!isRead)
            stop.Cancel();
        running.GetAwaiter().GetResult(); // what ended it, as itself
        tap?.Dispose(); // what waits in it counts as written
        report.TryWriteEnd();
        return ExitCode.Done;

        void Stop(PosixSignalContext context)
        {
            // The counters and the capture are finished first.
            context.Cancel = true;
            stop.Cancel();
        }
    }

    private static void Check(JoinEnd first, JoinEnd second, int queues)
    {
        if (first.IsSameAs(second))
            throw new UsageException($"{first.Text} and {second.Text} are one card: a cable has two ends");
        if (first.Card.Tun.IsTap != second.Card.Tun.IsTap)
        {
            throw new RefusedException(
                $"{first.Text} is a {first.Card.Kind} and {second.Text} a {second.Card.Kind}: a tun carries packets, a tap " +
                "frames; join two of one kind");
        }

        foreach (JoinEnd end in (JoinEnd[])[first, second])
        {
            if (queues > 1 && !end.Card.Tun.IsMultiQueue)
            {
                throw new RefusedException(
                    $"{end.Text} has a single queue, --queues {queues} needs a card made with --multi-queue");
            }

            end.ThrowIfShared();
        }
    }

    private static void Tell(JoinedCardState state, JoinEnd end) => Console.Error.WriteLine(state.IsAttached
        ? $"tunbridge: {end.Text} is back"
        : Output.Terminal.OneLine($"tunbridge: {end.Text} is not there: {state.Reason}; waiting for it"));

    private static Argument<string> End(string name, string description)
    {
        Argument<string> argument = new(name)
        {
            Description = $"{description}, [NETNS/]NAME; NETNS is a name, a path or a process id",
            HelpName = name,
        };
        argument.Validators.Add(RefuseBadEnds);
        argument.CompletionSources.Add(Complete);
        return argument;
    }

    private static void RefuseBadEnds(ArgumentResult result)
    {
        foreach (Token token in result.Tokens)
        {
            (string? place, string name) = JoinEnd.Split(token.Value);
            if (place is "")
                result.AddError($"'{token.Value}' names no namespace before the slash");
            else if (InterfaceName.FindMistake(name) is { } mistake)
                result.AddError(mistake);
        }
    }

    private static IEnumerable<CompletionItem> Complete(CompletionContext context) =>
    [
        .. CardArgument.Complete(context),
        .. NetworkNamespace.ListNames().Select(n => new CompletionItem($"{n}/")),
    ];

    private static bool IsInterval(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds) &&
        seconds is >= 0.01 and <= 86_400;

    private static bool IsQueueCount(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int n) && n is >= 1 and <= MaximumQueues;

    private static void RequireNumber(OptionResult result, string option, string allowed, Func<string, bool> isGood)
    {
        if (result.Tokens.Count > 0 && !isGood(result.Tokens[0].Value))
            result.AddError($"{option} takes {allowed}, not '{result.Tokens[0].Value}'");
    }
}
