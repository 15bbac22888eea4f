// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Control;

namespace Tunbridge.OpenVpn.Settings;

/// <summary>What one <c>&lt;connection&gt;</c> block says otherwise than the rest of the configuration; null: the rest holds.</summary>
public sealed record ConnectionDirectives
{
    /// <summary><c>local</c>.</summary>
    public string? LocalAddress { get; init; }

    /// <summary><c>lport</c> or <c>port</c>.</summary>
    public int? LocalPort { get; init; }

    /// <summary><c>nobind</c>, or false for <c>bind</c>.</summary>
    public bool? IsUnbound { get; init; }

    /// <summary><c>float</c>.</summary>
    public bool? Floats { get; init; }

    /// <summary><c>mssfix</c>.</summary>
    public MssLimit? MssFix { get; init; }

    /// <summary><c>tun-mtu</c>.</summary>
    public int? TunMtu { get; init; }

    /// <summary><c>explicit-exit-notify</c>.</summary>
    public int? ExitNotices { get; init; }

    /// <summary><c>connect-retry</c>.</summary>
    public TimeSpan? RetryDelay { get; init; }

    /// <summary>The second number of <c>connect-retry</c>.</summary>
    public TimeSpan? RetryDelayMaximum { get; init; }

    /// <summary><c>connect-timeout</c>.</summary>
    public TimeSpan? ConnectTimeout { get; init; }

    /// <summary><c>tls-auth</c>, <c>tls-crypt</c> or <c>tls-crypt-v2</c>, with <see cref="WrapKey"/>.</summary>
    public ControlWrapKind? Wrap { get; init; }

    /// <summary>The key of <see cref="Wrap"/>.</summary>
    public KeyMaterial? WrapKey { get; init; }

    /// <summary><c>key-direction</c>.</summary>
    public int? WrapKeyDirection { get; init; }
}
