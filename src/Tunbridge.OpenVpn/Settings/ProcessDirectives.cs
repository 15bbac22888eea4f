// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.OpenVpn.Settings;

/// <summary>What a configuration says about the program itself: log, status, account.</summary>
public sealed record ProcessDirectives
{
    /// <summary>How much is logged (<c>verb</c>).</summary>
    public int Verbosity { get; init; } = 1;

    /// <summary>How many lines of one kind in a row are logged (<c>mute</c>); 0: all.</summary>
    public int Mute { get; init; }

    /// <summary>The log's file (<c>log</c>, <c>log-append</c>); null: standard output.</summary>
    public string? LogFile { get; init; }

    /// <summary>What is in that file stays.</summary>
    public bool AppendsLog { get; init; }

    /// <summary>The log goes to syslog (<c>syslog</c>).</summary>
    public bool UsesSyslog { get; init; }

    /// <summary>Lines have no time (<c>suppress-timestamps</c>).</summary>
    public bool HasNoTimestamps { get; init; }

    /// <summary>Lines have the time in seconds and a word for their kind (<c>machine-readable-output</c>).</summary>
    public bool IsMachineReadable { get; init; }

    /// <summary>The program leaves its terminal (<c>daemon</c>); null: it does not; its name, empty for the default.</summary>
    public string? DaemonName { get; init; }

    /// <summary>The file with its process id (<c>writepid</c>).</summary>
    public string? ProcessIdFile { get; init; }

    /// <summary>The account it goes on under (<c>user</c>).</summary>
    public string? User { get; init; }

    /// <summary>The group it goes on under (<c>group</c>).</summary>
    public string? Group { get; init; }

    /// <summary>The directory that relative paths begin at (<c>cd</c>).</summary>
    public string? Directory { get; init; }

    /// <summary>Its priority (<c>nice</c>); 0 leaves it.</summary>
    public int Nice { get; init; }

    /// <summary>The status file (<c>status</c>); null for none.</summary>
    public string? StatusFile { get; init; }

    /// <summary>How often that is written.</summary>
    public TimeSpan StatusInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Its form (<c>status-version</c>), 1 to 3.</summary>
    public int StatusVersion { get; init; } = 1;
}
