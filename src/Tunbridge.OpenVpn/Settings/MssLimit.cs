// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.OpenVpn.Settings;

/// <summary>How large TCP segments in the tunnel may be (<c>mssfix</c>).</summary>
public sealed record MssLimit
{
    /// <summary>
    /// What holds without a word of the configuration: datagrams of 1,440 bytes with all headers, which pass PPPoE (1,492) with
    /// room for another tunnel's IPv6 header below it (DS-Lite, 1,452).
    /// </summary>
    public static MssLimit Default { get; } = new() { Value = 1440, Kind = MssLimitKind.WithHeaders };

    /// <summary>Bytes; 0: segments are left alone.</summary>
    public required int Value { get; init; }

    /// <summary>What the bytes are of.</summary>
    public MssLimitKind Kind { get; init; }
}
