// SPDX-License-Identifier: Apache-2.0
using System.Runtime.Versioning;
using Tunbridge.Changes;
using Tunbridge.Configuration.Editing;
using Tunbridge.Linux;

namespace Tunbridge.Configuration.Tests;

[SupportedOSPlatform("linux")]
public sealed class SavedFileTests : IDisposable
{
    private static readonly DeviceEdit[] s_card =
    [
        new() { Key = "kind", Value = "tap" }, new() { Key = "addresses", AddedItems = ["10.0.0.1/24", "fd00::1/64"] },
        new() { Key = "up", Value = "false" },
    ];

    private const string Block = "    kind: tap\n    addresses: [10.0.0.1/24, fd00::1/64]\n    up: false\n";
    private const string Flow = "new0: {kind: tap, addresses: [10.0.0.1/24, fd00::1/64], up: false}";

    private readonly string _directory = Directory.CreateTempSubdirectory("tunbridge-").FullName;

    private string FilePath => Path.Combine(_directory, "cards.yaml");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    /// <summary>A file, and the same with one more card.</summary>
    public static TheoryData<string, string> Additions => new()
    {
        { "", $"devices:\n  new0:\n{Block}" },
        { "# mine\n", $"# mine\ndevices:\n  new0:\n{Block}" },
        { "{}", $"devices:\n  new0:\n{Block}\n" },
        { "on-stop: leave # so\n", $"on-stop: leave # so\ndevices:\n  new0:\n{Block}" },
        { "devices: # none yet\n\ntunnels: {}\n", $"devices: # none yet\n  new0:\n{Block}\ntunnels: {{}}\n" },
        { "devices: {}  # none yet\ntunnels: {}\n", $"devices:  # none yet\n  new0:\n{Block}tunnels: {{}}\n" },
        { "devices: ~\n", $"devices:\n  new0:\n{Block}" },
        {
            "devices:\n    a:   # first\n        kind: tap\n        # mtu: 9000\n\n# the rest\ntunnels: {}\n",
            $"devices:\n    a:   # first\n        kind: tap\n        # mtu: 9000\n    new0:\n{Indent(Block)}\n# the rest\ntunnels: {{}}\n"
        },
        { "devices:\n  a: {kind: tap}", $"devices:\n  a: {{kind: tap}}\n  new0:\n{Block}" },
        { "devices: {a: {kind: tap}} # one\n", $"devices: {{a: {{kind: tap}}, {Flow}}} # one\n" },
        { "{devices: {a: {kind: tap}}}\n", $"{{devices: {{a: {{kind: tap}}, {Flow}}}}}\n" },
        { "{on-stop: leave}\n", $"{{on-stop: leave, devices: {{{Flow}}}}}\n" },
        { "{devices: {}}\n", $"{{devices: {{{Flow}}}}}\n" },
        {
            "devices:\n  a:\n    kind: tap\n    hooks:\n      up: |\n        echo a\n        echo b\n",
            $"devices:\n  a:\n    kind: tap\n    hooks:\n      up: |\n        echo a\n        echo b\n  new0:\n{Block}"
        },
    };

    [Theory]
    [MemberData(nameof(Additions))]
    public void Add_Card_KeepsEverythingElse(string before, string after)
    {
        Write(before);
        using SavedFile file = SavedFile.Open(FilePath);

        file.Add("new0", s_card);

        Assert.Equal(after, file.Text);
        Assert.Equal(["10.0.0.1/24", "fd00::1/64"], ConfigurationFile.Parse(file.Text, "t", "t").Devices[^1].Addresses.Select(a => a.ToString()));
    }

    private static DeviceEdit Set(string key, string? value) => new() { Key = key, Value = value };

    private static DeviceEdit Items(string? added, string? removed) => new()
    {
        Key = "addresses",
        AddedItems = added is null ? [] : [added],
        RemovedItems = removed is null ? [] : [removed],
    };

    [Fact]
    public void Change_BlockCard_KeepsCommentsAndOrder()
    {
        Write("""
            # cards of the lab
            devices:
              tap0:            # the first
                kind: tap
                mtu: 1500      # usual

                # two of them
                addresses:
                  - 10.0.0.1/24   # old
                  - 10.0.1.1/24   # stays
                bridge:
                  name: br0       # the lab's
                  create: true
                promiscuous: true # for tcpdump

              tap1: {kind: tap, mtu: 1400, owner: 1000}   # the second
            tunnels: {}

            """);
        using SavedFile file = SavedFile.Open(FilePath);

        file.Change("tap0", [Set("mtu", "9000"), Set("bridge", "br1"), Set("promiscuous", null), Set("owner", "1000"), Items("10.0.2.1/24", "10.0.0.1/24")]);
        file.Change("tap1", [Set("mtu", null), Set("up", "false"), Items("10.9.0.1/24", null)]);

        Assert.Equal(
            """
            # cards of the lab
            devices:
              tap0:            # the first
                kind: tap
                mtu: 9000      # usual

                # two of them
                addresses:
                  - 10.0.1.1/24   # stays
                  - 10.0.2.1/24
                bridge:
                  name: br1       # the lab's
                  create: true
                owner: 1000

              tap1: {kind: tap, owner: 1000, up: false, addresses: [10.9.0.1/24]}   # the second
            tunnels: {}

            """,
            file.Text);
    }

    [Fact]
    public void Change_FlowList_IsRewrittenInPlace()
    {
        Write("devices: {tap0: {kind: tap, addresses: ['10.0.0.1/24', 10.0.1.1/24], mtu: 1400}}\n");
        using SavedFile file = SavedFile.Open(FilePath);

        file.Change("tap0", [Items("10.0.2.1/24", "10.0.1.1/24"), Set("mtu", null)]);

        Assert.Equal("devices: {tap0: {kind: tap, addresses: ['10.0.0.1/24', 10.0.2.1/24]}}\n", file.Text);
    }

    [Fact]
    public void Change_CardThatHasOnlyDefaults_GetsItsFirstKey()
    {
        Write("defaults: {kind: tap}\ndevices:\n  tap0: # bare\n  tap1:\n");
        using SavedFile file = SavedFile.Open(FilePath);

        file.Change("tap0", [Set("mtu", "1400")]);

        Assert.Equal("defaults: {kind: tap}\ndevices:\n  tap0: # bare\n    mtu: 1400\n  tap1:\n", file.Text);
    }

    [Theory]
    [InlineData("devices: {tap1: {kind: tap}}", "it declares no card 'tap0'")]
    [InlineData("devices: {'tap{0..3}': {kind: tap}}", "tap0 is one of the template tap{0..3}")]
    [InlineData("devices: {tap1: &a {kind: tap}, tap0: *a}", "tap0 is an alias of another place")]
    public void Change_CardThatIsNotWrittenItself_IsToldAndNothingIsWritten(string text, string why)
    {
        Write(text);
        using SavedFile file = SavedFile.Open(FilePath);

        ConfigurationException error = Assert.Throws<ConfigurationException>(() => file.Change("tap0", [Set("mtu", "1400")]));

        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        Assert.Equal(text, file.Text);
    }

    [Fact]
    public void Add_CardThatIsDeclaredInADropIn_NamesItsPlace()
    {
        Write("devices: {}\n");
        Directory.CreateDirectory(Path.Combine(_directory, "cards.d"), (UnixFileMode)0x1c0);
        string dropIn = Path.Combine(_directory, "cards.d", "a.yaml");
        File.WriteAllText(dropIn, "devices: {new0: {kind: tap}}\n");
        File.SetUnixFileMode(dropIn, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using SavedFile file = SavedFile.Open(FilePath);
        using SavedFile same = SavedFile.Open(dropIn);

        Assert.StartsWith($"{dropIn}:1:11: new0 is declared here already", Assert.Throws<ConfigurationException>(() => file.Add("new0", s_card)).Message, StringComparison.Ordinal);
        Assert.Equal(file.Mark, same.Mark);
        Assert.Equal(OwnershipMark.InstanceOf(FilePath), same.Mark.Instance);
    }

    [Fact]
    public void Commit_ExistingFile_KeepsLinkModeAndOwner()
    {
        Write("devices: {}\n");
        File.SetUnixFileMode(FilePath, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        if (ProcessIdentity.EffectiveUserId == 0)
            FileOwner.Set(FilePath, 0, 12);
        string link = Path.Combine(_directory, "link.yaml");
        File.CreateSymbolicLink(link, FilePath);
        using (SavedFile file = SavedFile.Open(link))
        {
            file.Add("new0", s_card);
            file.Prepare();
            file.Commit();
        }

        Assert.Equal(FilePath, new FileInfo(link).LinkTarget);
        Assert.Equal($"devices:\n  new0:\n{Block}", File.ReadAllText(FilePath));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.GroupRead, File.GetUnixFileMode(FilePath));
        if (ProcessIdentity.EffectiveUserId == 0)
            Assert.Equal(12u, DeviceNode.TryRead(FilePath, out _)!.GroupId);
        Assert.Equal(2, Directory.GetFiles(_directory).Length);
    }

    [Fact]
    public void Commit_FileChangedMeanwhile_IsRefusedAndLeavesNothing()
    {
        Write("devices: {}\n");
        using (SavedFile file = SavedFile.Open(FilePath))
        {
            file.Add("new0", s_card);
            file.Prepare();
            Write("devices: {} # other\n");
            Assert.Throws<IOException>(file.Commit);
        }

        Assert.Equal("devices: {} # other\n", File.ReadAllText(FilePath));
        Assert.Single(Directory.GetFiles(_directory));
    }

    [Fact]
    public void Add_RandomLayouts_TouchNothingElse()
    {
        Random random = new(11);
        string[] pieces = ["# c", "", "on-stop: leave", "tunnels: {}", "defaults: {mtu: 1400} # d"];
        string[] cards = ["a: {kind: tap}", "b:\n    kind: tap\n    # end", "c: # x\n    kind: tap\n\n    mtu: 1300", "d: {kind: tun,\n    mtu: 1400}"];
        for (int round = 0; round < 300; round++)
        {
            string body = string.Concat(cards.Where(_ => random.Next(2) == 0).Select(c => $"  {c}\n"));
            List<string> parts = [.. pieces.Where(_ => random.Next(2) == 0).Append($"devices:\n{body}".TrimEnd('\n'))];
            string text = string.Join('\n', parts.OrderBy(_ => random.Next()));
            string name = $"new{round}";

            Write(text);
            using SavedFile file = SavedFile.Open(FilePath);
            file.Add(name, s_card);

            DesiredState before = ConfigurationFile.Parse(text, "t", "t"), after = ConfigurationFile.Parse(file.Text, "t", "t");
            Assert.Equal(before.Devices.Select(d => d.Name).Append(name), after.Devices.Select(d => d.Name));
            Assert.All(text.Split('\n').Where(l => l.Contains('#', StringComparison.Ordinal)), l => Assert.Contains(l, file.Text, StringComparison.Ordinal));
        }
    }

    private static string Indent(string block) => string.Concat(block.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => $"{new string(' ', l.Length - l.TrimStart().Length + 2)}{l.TrimStart()}\n"));

    private void Write(string text)
    {
        File.WriteAllText(FilePath, text);
        File.SetUnixFileMode(FilePath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
