// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Tunbridge.OpenVpn.Settings;

namespace Tunbridge.Hosting.OpenVpn;

/// <summary>How long a token stands for a password (<c>auth-gen-token [lifetime] [renewal] [external-auth]</c>).</summary>
internal sealed record TokenPolicy
{
    /// <summary>From the login on; zero for ever.</summary>
    internal TimeSpan Lifetime { get; init; }

    /// <summary>How often it is replaced by a new one; it counts for twice as long. Zero: never too old.</summary>
    internal TimeSpan Renewal { get; init; }

    /// <summary>The script judges tokens, too.</summary>
    internal bool IsExternal { get; init; }

    /// <summary>The key's file; null for one of this process.</summary>
    internal KeyMaterial? Secret { get; init; }

    internal static TokenPolicy Read(Directive d)
    {
        TokenPolicy policy = new();
        int numbers = 0;
        foreach (string word in d.Parameters)
        {
            if (word == "external-auth")
                policy = policy with { IsExternal = true };
            else if (!int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) || ++numbers > 2)
                throw new TunnelConfigurationException(d, $"'{word}' is neither a number of seconds (lifetime, then renewal) nor external-auth");
            else if (numbers == 1)
                policy = policy with { Lifetime = TimeSpan.FromSeconds(seconds) };
            else
                policy = policy with { Renewal = TimeSpan.FromSeconds(seconds) };
        }
        return policy;
    }

    /// <summary>Whether an authentic token still counts.</summary>
    internal bool IsCurrent(DateTimeOffset now, long firstLogin, long made)
    {
        long seconds = now.ToUnixTimeSeconds();
        if (Lifetime > TimeSpan.Zero && seconds > firstLogin + (long)Lifetime.TotalSeconds)
            return false;
        return Renewal <= TimeSpan.Zero || seconds <= made + (2 * (long)Renewal.TotalSeconds);
    }
}
