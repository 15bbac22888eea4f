// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.OpenVpn.Settings;

/// <summary>Programs that a configuration has run, each as its words, the program first; null for none.</summary>
public sealed record ScriptDirectives
{
    /// <summary>What may be run (<c>script-security</c>): 0 nothing, 1 only what this program itself needs, 2 scripts, 3 scripts with passwords.</summary>
    public int Security { get; init; } = 1;

    /// <summary><c>up</c>.</summary>
    public IReadOnlyList<string>? Up { get; init; }

    /// <summary><c>down</c>.</summary>
    public IReadOnlyList<string>? Down { get; init; }

    /// <summary><c>route-up</c>.</summary>
    public IReadOnlyList<string>? RouteUp { get; init; }

    /// <summary><c>route-pre-down</c>.</summary>
    public IReadOnlyList<string>? RoutePreDown { get; init; }

    /// <summary><c>ipchange</c>.</summary>
    public IReadOnlyList<string>? AddressChange { get; init; }

    /// <summary><c>tls-verify</c>.</summary>
    public IReadOnlyList<string>? TlsVerify { get; init; }

    /// <summary><c>tls-crypt-v2-verify</c>.</summary>
    public IReadOnlyList<string>? WrapKeyVerify { get; init; }

    /// <summary><c>auth-user-pass-verify</c>.</summary>
    public IReadOnlyList<string>? PasswordVerify { get; init; }

    /// <summary>That script gets name and password by its environment instead of by a file (<c>via-env</c>).</summary>
    public bool PasswordByEnvironment { get; init; }

    /// <summary><c>client-connect</c>.</summary>
    public IReadOnlyList<string>? ClientConnect { get; init; }

    /// <summary><c>client-disconnect</c>.</summary>
    public IReadOnlyList<string>? ClientDisconnect { get; init; }

    /// <summary><c>learn-address</c>.</summary>
    public IReadOnlyList<string>? LearnAddress { get; init; }

    /// <summary>How long after the connection <c>up</c> runs (<c>up-delay</c>); null: at once, with the card.</summary>
    public bool DelaysUp { get; init; }

    /// <summary><c>up</c> and <c>down</c> run at reconnections, too (<c>up-restart</c>).</summary>
    public bool RunsAtRestart { get; init; }

    /// <summary><c>down</c> runs before the card goes (<c>down-pre</c>).</summary>
    public bool DownRunsFirst { get; init; }

    /// <summary>Where files for scripts are made (<c>tmp-dir</c>); null for the system's place.</summary>
    public string? TemporaryDirectory { get; init; }

    /// <summary>Variables for all of them (<c>setenv</c>, <c>setenv-safe</c> with its prefix), in order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; } = [];
}
