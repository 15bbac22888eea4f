// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.OpenVpn.Settings;

/// <summary>What a <see cref="PullFilter"/> does.</summary>
public enum PullFilterAction
{
    /// <summary>The option is taken.</summary>
    Accept = 0,

    /// <summary>It is passed over.</summary>
    Ignore = 1,

    /// <summary>The connection is given up.</summary>
    Reject = 2,
}
