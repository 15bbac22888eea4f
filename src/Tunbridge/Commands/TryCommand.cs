// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Tunbridge.Changes;
using Tunbridge.Configuration;
using Tunbridge.Output;
using Tunbridge.Trials;

namespace Tunbridge.Commands;

/// <summary>tunbridge try: like up, and back again unless somebody confirms.</summary>
internal static class TryCommand
{
    private const int DefaultSeconds = 60;

    internal static Command Create()
    {
        FileOptions file = new();
        Option<string?> netns = TargetNamespace.Option();
        Option<bool> force = RunOptions.Force();
        Option<int> timeout = new("--timeout")
        {
            Description = "Go back after so many seconds without `try --confirm`",
            HelpName = "S",
            DefaultValueFactory = _ => DefaultSeconds,
        };
        timeout.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: string text }] && int.TryParse(text, out int seconds) && seconds is < 1 or > 86400)
                result.AddError($"--timeout: {text} is not allowed, allowed are 1 to 86400 seconds");
        });
        Option<bool> confirm = new("--confirm") { Description = "Keep what a waiting `try` has done, from this or another terminal" };
        Command command = new("try", "Do as `up` does and go back unless confirmed in time, a lost connection included");
        file.AddTo(command);
        foreach (Option option in (Option[])[netns, timeout, confirm, force])
            command.Add(option);
        command.SetAction(parsed =>
        {
            string? home = parsed.GetValue(netns);
            if (parsed.GetValue(confirm))
                return TargetNamespace.In(home, Confirmation.Give);
            Trial trial = new();
            using FileWork work = new(file.Load(parsed), file.Plan(parsed, parsed.GetValue(force)), home, Planner.Up) { Trial = trial };
            return Run(work, trial, home, TimeSpan.FromSeconds(parsed.GetValue(timeout)));
        });
        return command.WithExamples(
            ("tunbridge try --timeout 60 -f lab.yaml", "a change that might cut off the very connection it is made over"),
            ("tunbridge try --confirm", "all is well: keep it"));
    }

    private static int Run(FileWork work, Trial trial, string? home, TimeSpan timeout)
    {
        using Confirmation confirmation = TargetNamespace.In(home, Confirmation.Open);
        using TrialGuardian guardian = TrialGuardian.Start(work.Namespaces, timeout);
        try
        {
            IReadOnlyList<ChangePlan> done = work.Apply(() =>
            {
                guardian.StartClock();
                confirmation.Wait(timeout, trial.Confirm);
            });
            PlanOutput.Show(done, dryRun: false, json: false);
            Terminal.Warn("confirmed, it stays");
            return ExitCode.Done;
        }
        catch (NotConfirmedException e)
        {
            Terminal.Warn($"gone back: {e.Message}");
            return ExitCode.Failed;
        }
    }
}
