// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Tunbridge.Commands;
using Tunbridge.Devices;
using Tunbridge.Linux;
using Tunbridge.Output;

namespace Tunbridge.Doctor;

/// <summary>The command <c>tunbridge doctor</c>.</summary>
internal static class DoctorCommand
{
    /// <summary>Makes the command with its options.</summary>
    public static Command Create()
    {
        Argument<string?> card = new("NAME")
        {
            Description = "A card to look at in particular: could this process attach to it?",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<string?> kind = new("--kind") { Description = "Open NAME as this: tun or tap.", HelpName = "tun|tap" };
        kind.CompletionSources.Add("tun", "tap");
        Option<bool> multiQueue = new("--multi-queue") { Description = "Open NAME with IFF_MULTI_QUEUE." };
        Option<bool> json = new("--json") { Description = "One JSON document to standard output." };
        Option<bool> fix = new("--fix")
        {
            Description = "Offer to run modprobe, make the node and write modules-load.d, each asked first.",
        };
        Option<bool> yes = new("--yes", "-y") { Description = "With --fix: do not ask." };
        Option<bool> strict = new("--strict") { Description = "Exit 1 for warnings too." };
        Command command = new(
            "doctor",
            "Can cards work here? Each check: ok, warn or fail, with evidence and remedy; exit 0 when usable, 1 when " +
                "not.")
        {
            card, kind, multiQueue, json, fix, yes, strict,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(card) is null && (result.GetValue(kind) is not null || result.GetValue(multiQueue)))
                result.AddError("--kind and --multi-queue need the NAME of a card");
            if (result.GetValue(kind) is { } word && word is not ("tun" or "tap"))
                result.AddError($"--kind is tun or tap, not '{word}'");
            if (result.GetValue(yes) && !result.GetValue(fix))
                result.AddError("--yes goes with --fix");
            if (result.GetValue(card) is { } name && InterfaceName.FindMistake(name) is { } mistake)
                result.AddError(mistake);
        });
        command.SetAction(parsed => Run(
            new()
            {
                Card = parsed.GetValue(card),
                AsTap = parsed.GetValue(kind) is { } word ? word == "tap" : null,
                MultiQueue = parsed.GetValue(multiQueue),
            },
            new()
            {
                Json = parsed.GetValue(json),
                Fix = parsed.GetValue(fix),
                Yes = parsed.GetValue(yes),
                Strict = parsed.GetValue(strict),
            },
            DoctorRoot.Machine, Console.Out, Console.Error));
        return command.WithExamples(
            ("tunbridge doctor", "every check, with evidence and what mends it"),
            ("tunbridge doctor tap0 --kind tap --multi-queue", "could a program attach to tap0 so? who holds it?"),
            ("sudo tunbridge doctor --fix", "load the module, make the node: asked first, one by one"),
            ("tunbridge doctor --json | jq -r '.checks[] | select(.status==\"fail\") | .summary'", "for scripts"));
    }

    /// <summary>Examines, repairs where asked, and prints.</summary>
    internal static int Run(
        DoctorRequest request, DoctorOptions options, DoctorRoot root, TextWriter output, TextWriter error)
    {
        DoctorReport report = Examination.Run(root, request);
        List<RepairOutcome>? outcomes = null;
        if (options.Fix)
        {
            if (!options.Json)
                DoctorText.Write(report, output);
            outcomes = Repair(report, options, root, error);
            bool changed = outcomes.Any(o => o.IsDone);
            if (changed)
                report = Examination.Run(root, request);
            if (!options.Json && changed)
            {
                output.WriteLine();
                DoctorText.Write(report, output);
            }
        }
        else if (!options.Json)
        {
            DoctorText.Write(report, output);
        }

        if (options.Json)
            DoctorJson.Write(report, outcomes, output);
        return report.IsUsable && (!options.Strict || report.IsClean) ? ExitCode.Done : ExitCode.Failed;
    }

    private static List<RepairOutcome> Repair(DoctorReport report, DoctorOptions options, DoctorRoot root, TextWriter error)
    {
        List<RepairOutcome> outcomes = [];
        RepairShop shop = new(root);
        if (report.Repairs.Count == 0)
            error.WriteLine("tunbridge: there is nothing that --fix can do");
        bool canAsk = !Console.IsInputRedirected;
        if (report.Repairs.Count > 0 && !options.Yes && !canAsk)
            error.WriteLine("tunbridge: nothing is changed without a terminal to ask on; give --yes, or type:");
        foreach (RepairKind kind in report.Repairs)
        {
            RepairOutcome outcome;
            if (!options.Yes && !canAsk)
            {
                foreach (string line in RepairShop.Commands(kind))
                    error.WriteLine($"  {line}");
                outcome = new() { Kind = kind, IsDone = false, Message = "not asked: there is no terminal" };
            }
            else if (options.Yes || Terminal.Confirm(RepairShop.Question(kind)))
            {
                outcome = shop.Do(kind);
                error.WriteLine($"tunbridge: {(outcome.IsDone ? outcome.Message : $"cannot repair: {outcome.Message}")}");
            }
            else
            {
                outcome = new() { Kind = kind, IsDone = false, Message = "declined" };
            }

            outcomes.Add(outcome);
        }

        return outcomes;
    }
}
