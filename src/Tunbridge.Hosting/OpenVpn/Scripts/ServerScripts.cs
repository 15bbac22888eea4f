// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Settings;

namespace Tunbridge.Hosting.OpenVpn;

/// <summary>The scripts of a server; null for those that it has not.</summary>
internal sealed record ServerScripts
{
    private const int RunsScripts = 2;
    private const int RunsScriptsWithPasswords = 3;

    internal ScriptCommand? TlsVerify { get; private init; }

    internal ScriptCommand? KeyVerify { get; private init; }

    internal ScriptCommand? PasswordVerify { get; private init; }

    internal ScriptCommand? ClientConnect { get; private init; }

    internal ScriptCommand? ClientDisconnect { get; private init; }

    internal ScriptCommand? LearnAddress { get; private init; }

    internal ScriptCommand? Up { get; private init; }

    internal ScriptCommand? RouteUp { get; private init; }

    internal ScriptCommand? RoutePreDown { get; private init; }

    internal ScriptCommand? Down { get; private init; }

    /// <summary>Where files for them are made.</summary>
    internal required string TemporaryDirectory { get; init; }

    /// <summary>Somebody wants to hear of certificates and peer info.</summary>
    internal bool WantsEnvironment => TlsVerify is not null || PasswordVerify is not null || ClientConnect is not null || ClientDisconnect is not null ||
        LearnAddress is not null;

    /// <summary>Some are told things in files.</summary>
    internal bool HasSome => WantsEnvironment || KeyVerify is not null;

    /// <exception cref="TunnelConfigurationException">There is a script, and script-security does not allow it.</exception>
    internal static ServerScripts Of(ScriptDirectives directives, Func<string, string> resolve)
    {
        if (directives is { PasswordVerify: not null, PasswordByEnvironment: true, Security: < RunsScriptsWithPasswords })
        {
            throw new TunnelConfigurationException(
                "auth-user-pass-verify: via-env puts passwords into an environment, which wants script-security 3; better use via-file");
        }
        return new()
        {
            TlsVerify = Read("tls-verify", directives.TlsVerify),
            KeyVerify = Read("tls-crypt-v2-verify", directives.WrapKeyVerify),
            PasswordVerify = Read("user-pass-verify", directives.PasswordVerify),
            ClientConnect = Read("client-connect", directives.ClientConnect),
            ClientDisconnect = Read("client-disconnect", directives.ClientDisconnect),
            LearnAddress = Read("learn-address", directives.LearnAddress),
            Up = Read("up", directives.Up),
            RouteUp = Read("route-up", directives.RouteUp),
            RoutePreDown = Read("route-pre-down", directives.RoutePreDown),
            Down = Read("down", directives.Down),
            TemporaryDirectory = directives.TemporaryDirectory is { } directory ? resolve(directory) : Path.GetTempPath(),
        };

        ScriptCommand? Read(string kind, IReadOnlyList<string>? words)
        {
            if (words is null)
                return null;
            if (directives.Security < RunsScripts)
            {
                throw new TunnelConfigurationException($"{kind}: External program may not be called unless '--script-security 2' or higher is " +
                    $"enabled: add script-security 2 (it is {directives.Security})");
            }
            return new() { Kind = kind, Program = resolve(words[0]), Arguments = [.. words.Skip(1)] };
        }
    }
}
