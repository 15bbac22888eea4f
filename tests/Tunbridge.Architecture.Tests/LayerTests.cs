// SPDX-License-Identifier: Apache-2.0
using System.Xml.Linq;

namespace Tunbridge.Architecture.Tests;

/// <summary>Which assembly may look at which: the table of ARCHITECTURE.md.</summary>
public sealed class LayerTests
{
    private static readonly Dictionary<string, string[]> s_allowed = new()
    {
        ["Tunbridge.Packets"] = [],
        ["Tunbridge.Tunnels"] = ["Tunbridge.Packets"],
        ["Tunbridge.Crypto"] = ["Tunbridge.Tunnels"],
        ["Tunbridge.OpenVpn"] = ["Tunbridge.Tunnels"],
        ["Tunbridge.Linux"] = [],
        ["Tunbridge.Netlink"] = ["Tunbridge.Linux"],
        ["Tunbridge.Devices"] = ["Tunbridge.Packets", "Tunbridge.Linux", "Tunbridge.Netlink"],
        ["Tunbridge.Changes"] = ["Tunbridge.Netlink", "Tunbridge.Linux"],
        ["Tunbridge.Configuration"] = ["Tunbridge.Changes", "Tunbridge.Devices"],
        ["Tunbridge.Hosting"] = ["Tunbridge.Changes", "Tunbridge.Devices", "Tunbridge.Crypto", "Tunbridge.OpenVpn"],
        ["Tunbridge"] = ["Tunbridge.Configuration", "Tunbridge.Hosting"],
    };

    public static TheoryData<string> Projects =>
        [.. Directory.EnumerateDirectories(Path.Combine(Tree.Root, "src")).Select(d => Path.GetFileName(d)!).Order()];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_References_StayInsideTheTable(string project)
    {
        Assert.True(s_allowed.ContainsKey(project), $"{project} is not in the table");
        XDocument file = Load(project);
        IEnumerable<string> references = file.Descendants("ProjectReference")
            .Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value));
        Assert.Empty(references.Except(s_allowed[project]));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_OtherThanLinuxAndCrypto_HasNoUnsafeCodeNorPInvoke(string project)
    {
        if (project is "Tunbridge.Linux" or "Tunbridge.Crypto")
            return;
        Assert.Empty(Load(project).Descendants("AllowUnsafeBlocks"));
        Assert.Empty(Tree.Sources($"src/{project}").Where(f =>
        {
            string text = File.ReadAllText(f);
            return text.Contains("DllImport", StringComparison.Ordinal) ||
                text.Contains("LibraryImport", StringComparison.Ordinal) ||
                text.Contains("using System.Net.NetworkInformation;", StringComparison.Ordinal);
        }).Select(Tree.Relative));
    }

    [Theory]
    [InlineData("Tunbridge.Packets")]
    [InlineData("Tunbridge.Tunnels")]
    [InlineData("Tunbridge.OpenVpn")]
    public void PureProject_BansClockSocketFileThreadAndRandomness(string project)
    {
        string banned = File.ReadAllText(Path.Combine(Tree.Root, "src", project, "BannedSymbols.txt"));
        foreach (string symbol in (string[])
            ["T:System.DateTime;", "System.Net.Sockets", "System.IO.File", "System.Threading.Thread", "System.Random"])
            Assert.Contains(symbol, banned, StringComparison.Ordinal);
    }

    private static XDocument Load(string project) =>
        XDocument.Load(Path.Combine(Tree.Root, "src", project, $"{project}.csproj"));
}
