// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using Tunbridge.Changes;
using Tunbridge.Configuration;
using Tunbridge.Linux;
using Tunbridge.Output;

namespace Tunbridge;

/// <summary>An expected error as the user sees it: one message and the exit code.</summary>
internal sealed record Failure
{
    internal required string Message { get; init; }

    internal required int ExitCode { get; init; }

    /// <summary>Gives the failure for an exception that users may cause, or null for a defect of ours.</summary>
    internal static Failure? Describe(Exception exception) => exception switch
    {
        UsageException e => new() { Message = Terminal.OneLine(e.Message), ExitCode = Tunbridge.ExitCode.Usage },
        RefusedException e => new() { Message = Terminal.OneLine(e.Message), ExitCode = Tunbridge.ExitCode.Failed },
        ChangeRefusedException e => new() { Message = Join(e.Refusals), ExitCode = Tunbridge.ExitCode.Failed },
        ChangeFailedException { Refusal.Errno: Errno.EPERM or Errno.EACCES } e =>
            new() { Message = Terminal.OneLine(e.Message) + WithoutPrivilege(e), ExitCode = Tunbridge.ExitCode.NotPermitted },
        ConfigurationException e => new() { Message = e.Message, ExitCode = Tunbridge.ExitCode.Configuration },
        LinuxException { Errno: Errno.EPERM or Errno.EACCES } e =>
            new() { Message = Terminal.OneLine(e.Message), ExitCode = Tunbridge.ExitCode.NotPermitted },
        LinuxException e => new() { Message = Terminal.OneLine(e.Message), ExitCode = Tunbridge.ExitCode.Failed },
        UnauthorizedAccessException e => new() { Message = Terminal.OneLine(e.Message), ExitCode = Tunbridge.ExitCode.NotPermitted },
        IOException e => new() { Message = Terminal.OneLine(e.Message), ExitCode = Tunbridge.ExitCode.Failed },
        SocketException e => new() { Message = Terminal.OneLine(e.Message), ExitCode = Tunbridge.ExitCode.Failed },
        OperationCanceledException => new() { Message = "interrupted", ExitCode = Tunbridge.ExitCode.Failed },
        // A card is named that the file does not declare, or an instance that cannot be one.
        ArgumentException { ParamName: "options" or "name" } e =>
            new() { Message = Terminal.OneLine(FirstLine(e.Message)), ExitCode = Tunbridge.ExitCode.Usage },
        _ => null,
    };

    // Who may not create cards may still use one: the owner of a persistent card attaches without privilege.
    private static string WithoutPrivilege(ChangeFailedException e)
    {
        if (e.FailedChange is not { Action: "create" } create)
            return "";
        uint id = ProcessIdentity.EffectiveUserId;
        string user = UserDatabase.FindUserName(id) ?? $"{id}";
        return $". To use a card without privilege, let root make it for this user: `tunbridge add {create.Card} --owner {user}`";
    }

    // The runtime appends the parameter's name, which says nothing to a user.
    private static string FirstLine(string message) => message.Split(" (Parameter '", 2)[0];

    private static string Join(IReadOnlyList<Refusal> refusals) =>
        $"refused: {string.Join("\n           refused: ", refusals.Select(r => Terminal.OneLine(r.ToString())))}" +
        (refusals.All(r => r.CanForce) ? " (--force does it all the same)" : "");
}
