// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Hosting.OpenVpn;
using Tunbridge.Linux;
using Tunbridge.OpenVpn.Settings;

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

    /// <summary>Runs one command line.</summary>
    /// <param name="calledAs">The program's name as typed.</param>
    /// <param name="arguments">What comes after it.</param>
    /// <param name="output">Standard output, where openvpn says everything.</param>
    /// <returns>0, or 1 for every failure.</returns>
    internal static int Run(string calledAs, string[] arguments, TextWriter output)
    {
        CoreDumps.TurnOff();
        if (arguments.Length == 0)
            return HelpText.Write(output);
        using OpenvpnLog log = new(output);
        try
        {
            Handover? handover = Handover.Take();
            OpenvpnRequest request = OpenvpnRequest.Read(arguments);
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
        catch (TunnelIdentityException e)
        {
            return log.Fatal(e.Message);
        }
        catch (Exception e) when (Failure.Describe(e) is { } failure)
        {
            return log.Fatal(failure.Message);
        }
    }

    private static int RunMode(Directive mode, OpenvpnRequest request, TextWriter output, OpenvpnLog log)
    {
        _ = request.Build(out IReadOnlyList<DirectiveProblem> problems);
        // What else a tunnel would lack does not matter here.
        foreach (DirectiveProblem problem in problems.Where(p => p.IsError))
        {
            string text = request.Describe(problem);
            bool isUnknown = text.StartsWith("Unrecognized option", StringComparison.Ordinal) || text.StartsWith("I'm trying", StringComparison.Ordinal);
            if (isUnknown && !s_modes.Any(m => text.EndsWith($": {m} ({VersionLines.Version})", StringComparison.Ordinal)))
                throw new OptionsErrorException(text);
        }

        TunnelStart.RedirectLog(request);
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
