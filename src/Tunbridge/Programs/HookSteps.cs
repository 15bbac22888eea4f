// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Tunbridge.Changes;
using Tunbridge.Configuration;
using Tunbridge.Linux;
using Tunbridge.Output;

namespace Tunbridge.Programs;

/// <summary>A card's hooks as steps of a plan.</summary>
/// <param name="desired">The file.</param>
/// <param name="device">The card.</param>
/// <param name="interrupted">Ends hooks that run, unless they take something back.</param>
internal sealed class HookSteps(DesiredState desired, DeviceDefinition device, CancellationToken interrupted)
{
    private readonly DeviceHooks _hooks = device.Hooks ?? new();

    /// <summary>Hooks of a card that comes: made, or set up.</summary>
    internal IEnumerable<ProgramChange> Coming() =>
    [
        .. Step("pre-up", _hooks.PreUp, "post-down", _hooks.PostDown, ChangePhase.PreUp),
        .. Step("post-up", _hooks.PostUp, "pre-down", _hooks.PreDown, ChangePhase.PostUp),
    ];

    /// <summary>Hooks of a card that goes, before and after which steps.</summary>
    internal IEnumerable<ProgramChange> Going(ChangePhase before, ChangePhase after) =>
    [
        .. Step("pre-down", _hooks.PreDown, "post-up", _hooks.PostUp, before),
        .. Step("post-down", _hooks.PostDown, "pre-up", _hooks.PreUp, after),
    ];

    /// <summary>Why hooks of a card that comes cannot be run.</summary>
    internal IEnumerable<Refusal> Refusals() =>
        _hooks.PreUp.Concat(_hooks.PostUp).Select(FindMistake).OfType<string>().Distinct()
            .Select(mistake => new Refusal { Card = device.Name, Message = mistake, CanForce = false });

    private IEnumerable<ProgramChange> Step(
        string phase, IReadOnlyList<DeviceHook> hooks, string opposite, IReadOnlyList<DeviceHook> opposites, ChangePhase when)
    {
        if (hooks.Count == 0)
            yield break;
        // What goes, goes: a program that fails must not keep a card.
        bool mustSucceed = phase is "pre-up" or "post-up";
        string commands = string.Join("; ", hooks.Select(h => LaunchRequest.Show(h.Command)));
        yield return new(device.Name, phase, $"run the {phase} {(hooks.Count == 1 ? "hook" : "hooks")} of {device.Name}: {commands}", $"execve {commands}", when)
        {
            After = commands,
            Run = () => RunAll(phase, hooks, mustSucceed, interrupted),
            TakeBack = () => RunAll(opposite, opposites, mustSucceed: false, CancellationToken.None),
        };
    }

    private void RunAll(string phase, IReadOnlyList<DeviceHook> hooks, bool mustSucceed, CancellationToken cancellationToken)
    {
        foreach (DeviceHook hook in hooks)
        {
            if (RunOne(phase, hook, cancellationToken) is not string mistake)
                continue;
            string message = $"{hook.Position}: the {phase} hook {LaunchRequest.Show(hook.Command)} of {device.Name} {mistake}";
            if (mustSucceed)
                throw new IOException(message);
            Terminal.Warn($"note: {message}; {device.Name} goes on all the same");
        }
    }

    /// <summary>Runs one; gives what went wrong.</summary>
    private string? RunOne(string phase, DeviceHook hook, CancellationToken cancellationToken)
    {
        if (FindMistake(hook) is string mistake)
            return $"is not run: {mistake}";
        LaunchRequest request = new() { Command = hook.Command, Environment = EnvironmentOf(phase, hook), User = hook.User };
        int? code = ProgramRun.ToEnd(request, hook.Timeout, line => Terminal.Warn($"{device.Name} {phase}: {Terminal.OneLine(line)}"), cancellationToken);
        return code switch
        {
            0 => null,
            null => string.Create(CultureInfo.InvariantCulture, $"took longer than {hook.Timeout.TotalSeconds:0.###} seconds and was ended"),
            > 128 => $"was ended by signal {code - 128}",
            _ => $"ended with code {code}",
        };
    }

    private Dictionary<string, string> EnvironmentOf(string phase, DeviceHook hook)
    {
        UserAccount? account = UserAccount.Find(hook.User ?? ProcessIdentity.EffectiveUserId);
        Dictionary<string, string> variables = new()
        {
            ["PATH"] = SystemTool.SearchPath,
            ["HOME"] = account?.Home ?? "/",
            ["USER"] = account?.Name ?? "",
            ["LOGNAME"] = account?.Name ?? "",
            ["TUNBRIDGE_DEVICE"] = device.Name,
            ["TUNBRIDGE_KIND"] = device.Kind == CardKind.Tap ? "tap" : "tun",
            ["TUNBRIDGE_PHASE"] = phase,
            ["TUNBRIDGE_INSTANCE"] = desired.Instance,
            ["TUNBRIDGE_NETNS"] = device.NetworkNamespace ?? "",
            // As interfaces(5) has them, for scripts that were written for it.
            ["IFACE"] = device.Name,
            ["LOGICAL"] = device.Name,
            ["MODE"] = phase.EndsWith("-up", StringComparison.Ordinal) ? "start" : "stop",
            ["PHASE"] = phase,
            ["METHOD"] = device.Dhcp is not null ? "dhcp" : device.Addresses.Count > 0 ? "static" : "manual",
        };
        if (Environment.GetEnvironmentVariable("LANG") is { Length: > 0 } language)
            variables["LANG"] = language;
        foreach ((string name, string value) in hook.Environment)
            variables[name] = value;
        return variables;
    }

    /// <summary>Why a hook cannot or must not be run; null when it can.</summary>
    private string? FindMistake(DeviceHook hook)
    {
        string program = hook.Command[0];
        if (DeviceNode.TryRead(program, out Errno errno) is not { } node)
            return $"{hook.Position}: the hook's program {program}: {LinuxException.Describe(errno)}";
        if (!SystemTool.IsExecutable(program))
            return $"{hook.Position}: the hook's program {program} is not executable; mend it with `chmod +x {program}`";
        if (hook.User is uint user && UserAccount.Find(user) is null)
            return $"{hook.Position}: the hook's user {user} is in no user database, so its groups are unknown";
        if (ProcessIdentity.EffectiveUserId != 0)
            return null;
        const uint OthersWrite = 0x12; // octal 022
        bool isSafe = (node.UserId == 0 || node.UserId == hook.User) && (node.Mode & OthersWrite) == 0;
        return isSafe
            ? null
            : $"{hook.Position}: refused as root: others may write the hook's program {program}; mend it with " +
                $"`chown root: {program} && chmod go-w {program}`, or run it as its owner with user:";
    }
}
