// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Hosting.OpenVpn;
using Tunbridge.Linux;
using Tunbridge.OpenVpn.Settings;
using Tunbridge.Tunnels;

namespace Tunbridge.DropIns.Openvpn;

/// <summary>openvpn: a tunnel in this process, from openvpn's own command line and files; also its key and card tools.</summary>
/// <remarks>Theory of operation: docs/openvpn-program.md.</remarks>
internal static class OpenvpnCommand
{
    // Words of the command line that are no directives of a tunnel.
    private static readonly string[] s_modes =
    [
        "help", "version", "genkey", "mktun", "rmtun", "test-crypto", "show-ciphers", "show-digests", "show-tls", "show-curves", "show-groups",
        "show-gateway", "show-engines", "show-pkcs11-ids",
    ];

    /// <summary>The word by which the program is told to be one of the service's tunnels.</summary>
    internal const string SupervisedVerb = ".tunnel";

    // What a file says of its process, which is the service's.
    private static readonly string[] s_serviceOnly =
        ["daemon", "log", "log-append", "syslog", "writepid", "user", "group", "nice", "suppress-timestamps", "machine-readable-output"];

    /// <summary>Runs one command line.</summary>
    /// <param name="calledAs">The program's name as typed.</param>
    /// <param name="arguments">What comes after it.</param>
    /// <param name="output">Standard output, where openvpn says everything.</param>
    /// <returns>0, or 1 for every failure.</returns>
    internal static int Run(string calledAs, string[] arguments, TextWriter output)
    {
        CoreDumps.TurnOff();
        SecretBytes.Guard = SecretPages.Lock;
        NativeHeap.UseOneArena();
        if (arguments.Length == 0)
            return HelpText.Write(output);
        using OpenvpnLog log = new(output);
        try
        {
            Handover? handover = Handover.Take();
            using OpenvpnRequest request = handover is null ? OpenvpnRequest.Read(arguments) : OpenvpnRequest.Read(arguments, handover);
            log.Configure(request);
            if (request.Directives.FirstOrDefault(d => s_modes.Contains(d.Name)) is { } mode)
                return RunMode(mode, request, output, log);
            return new TunnelStart(calledAs, request, log, handover).Run();
        }
        catch (OptionsErrorException e)
        {
            foreach (string line in e.Message.Split('\n'))
                output.Write($"Options error: {line}\n");
            output.Write("Use --help for more information.\n");
            return ExitCode.Failed;
        }
        catch (Exception e) when (e is TunnelIdentityException or TunnelConfigurationException)
        {
            return log.Fatal(e.Message);
        }
        catch (Exception e) when (Failure.Describe(e) is { } failure)
        {
            return log.Fatal(failure.Message);
        }
    }

    /// <summary>Not for people: one tunnel of a tunbridge.yaml, below the service that started it.</summary>
    /// <remarks>
    /// Lines go to standard error, without time; standard output gets a <see cref="TunnelReport"/> each second. The end of
    /// standard input ends it, so that no tunnel outlives its service.
    /// </remarks>
    /// <param name="arguments">The OpenVPN file.</param>
    /// <returns>The exit code.</returns>
    internal static int RunSupervised(string[] arguments)
    {
        if (arguments is not [string file])
        {
            Console.Error.WriteLine($"tunbridge: {SupervisedVerb} is for tunbridge itself, which gives it a file");
            return ExitCode.Usage;
        }

        CoreDumps.TurnOff();
        SecretBytes.Guard = SecretPages.Lock;
        NativeHeap.UseOneArena();
        // An interrupt at the terminal is the service's.
        ProgramStart.LeadSession();
        using OpenvpnLog log = new(Console.Error);
        try
        {
            using OpenvpnRequest request = OpenvpnRequest.ReadFile(file);
            log.Configure(request);
            log.HasTime = false;
            TunnelConfiguration configuration = TunnelStart.Check(request, out IReadOnlyList<string> notes);
            foreach (string note in notes)
                log.Write(1, note);
            foreach (Directive directive in request.Directives.Where(d => s_serviceOnly.Contains(d.Name)))
                log.Write(1, $"{directive.Position}: {directive.Name}: the service sees to it");
            if (SecretPages.Note is { } unlocked)
                log.Write(4, unlocked);
            using StandardOutput output = new();
            using StatusFile? status = StatusFile.Open(request, handed: -1);
            using SecretPrompts prompts = new([]);
            using TunnelRun run = new(request, log, prompts, status, null)
            {
                IsSupervised = true,
                Reports = report => output.Write(report.ToJson() + "\n"),
            };
            _ = Task.Run(async () =>
            {
                using Stream input = Console.OpenStandardInput();
                byte[] buffer = new byte[1];
                while (await input.ReadAsync(buffer).ConfigureAwait(false) > 0)
                    continue;
                run.Stop();
            });
            return run.Run(configuration);
        }
        catch (Exception e) when (e is OptionsErrorException or TunnelIdentityException or TunnelConfigurationException)
        {
            log.Fatal(e.Message);
            return ExitCode.Configuration;
        }
        catch (Exception e) when (Failure.Describe(e) is { } failure)
        {
            log.Fatal(failure.Message);
            return failure.ExitCode;
        }
    }

    private static int RunMode(Directive mode, OpenvpnRequest request, TextWriter output, OpenvpnLog log)
    {
        _ = request.Build(out IReadOnlyList<DirectiveProblem> problems);
        // What else a tunnel would lack does not matter here.
        // What comes behind a question for the program itself is not looked at.
        bool isOnlyAsked = mode.Name is "help" or "version" && ReferenceEquals(mode, request.Directives[0]);
        foreach (DirectiveProblem problem in isOnlyAsked ? [] : problems.Where(p => p.IsError))
        {
            string text = request.Describe(problem);
            bool isUnknown = text.StartsWith("Unrecognized option", StringComparison.Ordinal) || text.StartsWith("I'm trying", StringComparison.Ordinal);
            if (isUnknown && !s_modes.Any(m => text.EndsWith($": {m} ({VersionLines.Version})", StringComparison.Ordinal)))
                throw new OptionsErrorException(text);
        }

        TunnelStart.RedirectLog(request, log);
        switch (mode.Name)
        {
            case "help":
                return HelpText.Write(output);
            case "version":
                VersionLines.Write(output);
                return ExitCode.Done;
            case "genkey":
                return KeyMaking.Run(request, output, log);
            case "mktun" or "rmtun":
                return CardMaking.Run(request, log);
            case "test-crypto":
                throw new OptionsErrorException("--test-crypto tests static keys, which are not offered: `tunbridge doctor` tells what encrypts here");
            default:
                return Listings.Write(mode.Name, output);
        }
    }
}
