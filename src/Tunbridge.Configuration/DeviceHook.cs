// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Configuration;

/// <summary>A command that is run when a card comes or goes (an entry of <c>hooks.pre-up</c> and so on).</summary>
public sealed record DeviceHook
{
    /// <summary>How long a command may take unless it is said.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    /// <summary>The program and its arguments; a command written as one text is <c>/bin/sh -c TEXT</c>.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>How long it may take (<c>timeout</c>).</summary>
    public TimeSpan Timeout { get; init; } = DefaultTimeout;

    /// <summary>Variables beside those that every hook gets (<c>environment</c>).</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Who runs it (<c>user</c>); null for the user of the program.</summary>
    public uint? User { get; init; }

    /// <summary>Where it stands.</summary>
    public SourcePosition Position { get; init; }
}
