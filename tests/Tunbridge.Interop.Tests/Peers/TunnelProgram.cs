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

    /// <summary>openvpn 2.7 with the C library that it was built for, as eng/fetch-openvpn27 unpacks them; the path of none where it could not.</summary>
    internal static TunnelProgram Newer { get; } = new() { Name = "openvpn-2.7", Path = Unpacked() ?? "" };

    private static string? Unpacked()
    {
        for (string? place = AppContext.BaseDirectory; place is not null; place = System.IO.Path.GetDirectoryName(place))
        {
            string path = System.IO.Path.Combine(place, "eng", ".tools", "openvpn27", "openvpn");
            if (File.Exists(path))
                return path;
        }

        return null;
    }
}
