// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Tunbridge.OpenVpn.Settings;

namespace Tunbridge.Hosting.OpenVpn;

/// <summary>Whom a server lets in and how many, read from the directives that the sessions have no use for.</summary>
internal sealed record ServerPolicy
{
    internal int MaximumClients { get; private init; } = 1024;

    internal bool AllowsDuplicateNames { get; private init; }

    internal bool ClientToClient { get; private init; }

    internal bool SingleSession { get; private init; }

    /// <summary>New clients in a time; null for any number.</summary>
    internal (int Count, TimeSpan Per)? ConnectFrequency { get; private init; }

    /// <summary>Answers to strangers in a time.</summary>
    internal (int Count, TimeSpan Per) InitialFrequency { get; private init; } = (100, TimeSpan.FromSeconds(10));

    internal bool UsernameAsCommonName { get; private init; }

    internal bool PasswordIsOptional { get; private init; }

    internal ScriptCommand? TlsVerify { get; private init; }

    internal ScriptCommand? TlsCryptV2Verify { get; private init; }

    internal ScriptCommand? PasswordVerify { get; private init; }

    /// <summary>Name and password go to the script in a file instead of its environment.</summary>
    internal bool PasswordByFile { get; private init; }

    internal string? PasswordFile { get; private init; }

    internal ScriptCommand? ClientConnect { get; private init; }

    internal ScriptCommand? ClientDisconnect { get; private init; }

    internal ScriptCommand? LearnAddress { get; private init; }

    internal ScriptCommand? Up { get; private init; }

    internal ScriptCommand? Down { get; private init; }

    internal TokenPolicy? Tokens { get; private init; }

    internal string? OverridesDirectory { get; private init; }

    internal bool OverridesExclusive { get; private init; }

    internal string TemporaryDirectory { get; private init; } = Path.GetTempPath();

    /// <summary>Names and values of <c>setenv</c>.</summary>
    internal IReadOnlyList<KeyValuePair<string, string>> Environment { get; private init; } = [];

    /// <summary>Somebody checks names and passwords.</summary>
    internal bool ChecksPasswords => PasswordVerify is not null || PasswordFile is not null;

    /// <summary>Reads a configuration.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="resolve">Makes a relative path a whole one.</param>
    /// <exception cref="TunnelConfigurationException">Something cannot be carried out.</exception>
    internal static ServerPolicy Read(TunnelConfiguration configuration, Func<string, string> resolve)
    {
        ServerPolicy policy = new();
        int security = configuration.Others.LastOrDefault(d => d.Name == "script-security") is { } level ? Number(level, 0, 0, 3) : 1;
        List<KeyValuePair<string, string>> environment = [];
        foreach (Directive d in configuration.Others)
        {
            if (d.Name is "setenv" or "setenv-safe" && d.At(0) is { } name)
                environment.Add(new(d.Name == "setenv-safe" ? $"OPENVPN_{name}" : name, d.At(1) ?? ""));
            policy = policy.Apply(d, security, resolve);
        }
        if (policy.Tokens is { } tokens)
        {
            Directive? secret = configuration.Others.LastOrDefault(d => d.Name == "auth-gen-token-secret");
            TimeSpan renewal = tokens.Renewal > TimeSpan.Zero ? tokens.Renewal : configuration.Session.RenegotiateAfter;
            policy = policy with { Tokens = tokens with { Renewal = renewal, Secret = secret?.ToMaterial() } };
        }
        return policy with { Environment = environment };
    }

    private ServerPolicy Apply(Directive d, int security, Func<string, string> resolve)
    {
        switch (d.Name)
        {
            case "max-clients":
                return this with { MaximumClients = Number(d, 0, 1, 0xffffff) };
            case "duplicate-cn":
                return this with { AllowsDuplicateNames = true };
            case "client-to-client":
                return this with { ClientToClient = true };
            case "single-session":
                return this with { SingleSession = true };
            case "connect-freq":
                return this with { ConnectFrequency = Frequency(d) };
            case "connect-freq-initial":
                return this with { InitialFrequency = Frequency(d) };
            case "username-as-common-name":
                return this with { UsernameAsCommonName = true };
            case "auth-user-pass-optional":
                return this with { PasswordIsOptional = true };
            case "client-config-dir":
                return this with { OverridesDirectory = resolve(d.Parameters[0]) };
            case "ccd-exclusive":
                return this with { OverridesExclusive = true };
            case "tmp-dir" when d.At(0) is { } directory:
                return this with { TemporaryDirectory = resolve(directory) };
            case "auth-user-pass-file" when d.At(0) is { } file:
                return this with { PasswordFile = resolve(file) };
            case "auth-gen-token":
                return this with { Tokens = TokenPolicy.Read(d) };
            case "auth-user-pass-verify":
                bool byFile = d.At(1) switch
                {
                    "via-file" => true,
                    null or "via-env" => false,
                    { } word => throw new TunnelConfigurationException(d, $"'{word}' is neither via-file nor via-env"),
                };
                if (!byFile && security < 3)
                    throw new TunnelConfigurationException(d, "via-env puts passwords into an environment, which wants script-security 3; better use via-file");
                return this with { PasswordVerify = ScriptCommand.Parse(d, "user-pass-verify", security, resolve), PasswordByFile = byFile };
            case "tls-verify":
                return this with { TlsVerify = ScriptCommand.Parse(d, "tls-verify", security, resolve) };
            case "tls-crypt-v2-verify":
                return this with { TlsCryptV2Verify = ScriptCommand.Parse(d, "tls-crypt-v2-verify", security, resolve) };
            case "client-connect":
                return this with { ClientConnect = ScriptCommand.Parse(d, "client-connect", security, resolve) };
            case "client-disconnect":
                return this with { ClientDisconnect = ScriptCommand.Parse(d, "client-disconnect", security, resolve) };
            case "learn-address":
                return this with { LearnAddress = ScriptCommand.Parse(d, "learn-address", security, resolve) };
            case "up":
                return this with { Up = ScriptCommand.Parse(d, "up", security, resolve) };
            case "down":
                return this with { Down = ScriptCommand.Parse(d, "down", security, resolve) };
            default:
                return this;
        }
    }

    private static (int Count, TimeSpan Per) Frequency(Directive d) =>
        (Number(d, 0, 1, 1_000_000), TimeSpan.FromSeconds(Number(d, 1, 1, 86400)));

    private static int Number(Directive d, int index, int least, int most) =>
        int.TryParse(d.At(index), NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= least && value <= most
            ? value : throw new TunnelConfigurationException(d, $"'{d.At(index)}' is not a number from {least} to {most}");
}
