// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Tests.Programs;

/// <summary>Packages that ./test fetches and unpacks but does not install: they would change this host's network or resolver.</summary>
internal static class UnpackedTool
{
    private static readonly string s_place = Path.Combine(FindRoot(), "eng", ".tools");

    /// <summary>Where programs of them are, for PATH.</summary>
    internal static string SearchPath => $"{s_place}/dhcpcd-base/usr/sbin:{s_place}/isc-dhcp-client/sbin";

    /// <summary>The directory of the package that has a program.</summary>
    internal static string PathOf(string program) => program switch
    {
        "dhcpcd" => $"{s_place}/dhcpcd-base",
        "dhclient" => $"{s_place}/isc-dhcp-client",
        _ => $"{s_place}/{program}",
    };

    private static string FindRoot()
    {
        string? directory = AppContext.BaseDirectory;
        while (directory is not null && !File.Exists(Path.Combine(directory, "Tunbridge.slnx")))
            directory = Path.GetDirectoryName(directory);
        return directory ?? "/nonexistent";
    }
}
