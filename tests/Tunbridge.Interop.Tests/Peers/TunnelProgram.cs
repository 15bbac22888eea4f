// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Testing;

namespace Tunbridge.Interop.Tests.Peers;

/// <summary>A program that takes openvpn's files.</summary>
internal sealed record TunnelProgram
{
    /// <summary>What it is called in results.</summary>
    internal required string Name { get; init; }

    internal required string Path { get; init; }

    /// <summary>What comes before openvpn's own arguments.</summary>
    internal IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The distribution's.</summary>
    internal static TunnelProgram Official { get; } = new() { Name = "openvpn", Path = RealTool.Find("openvpn") ?? "" };

    /// <summary>The one under test.</summary>
    internal static TunnelProgram Ours { get; } =
        new() { Name = "tunbridge", Path = System.IO.Path.Combine(AppContext.BaseDirectory, "tunbridge"), Arguments = ["openvpn"] };

    /// <summary>openvpn 2.7; the path of none where it could not be had.</summary>
    internal static TunnelProgram Newer { get; } = new() { Name = "openvpn-2.7", Path = RealTool.FindOpenVpn27() ?? "" };
}
