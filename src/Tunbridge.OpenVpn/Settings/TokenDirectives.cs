// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.OpenVpn.Settings;

/// <summary>Tokens in place of passwords (<c>auth-gen-token</c>).</summary>
public sealed record TokenDirectives
{
    /// <summary>How long after the first login they hold; zero: without end.</summary>
    public TimeSpan Lifetime { get; init; }

    /// <summary>How often they are renewed; null: with each renegotiation.</summary>
    public TimeSpan? Renewal { get; init; }

    /// <summary>The script judges tokens, too (<c>external-auth</c>).</summary>
    public bool IsExternal { get; init; }

    /// <summary>The key they are signed with; null: one of this process.</summary>
    public KeyMaterial? Key { get; init; }
}
