// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Tunbridge.Changes;
using Tunbridge.Testing;

namespace Tunbridge.Tests.Commands;

/// <summary>
/// A file whose cards are here and elsewhere. The locks are taken in the order of the namespaces' keys, which the kernel
/// chooses: all must go well whichever comes first.
/// </summary>
public sealed class TwoNamespaceTests
{
    // A program that waits for its own lock would never end.
    private static readonly TimeSpan s_patience = Generous.Patience;

    public static TheoryData<bool, bool> Places => new() { { true, true }, { true, false }, { false, true }, { false, false } };

    [Theory]
    [MemberData(nameof(Places))]
    public void UpReloadRestartDown_CardsHereAndElsewhere_AreMadeWhereTheyBelong(bool isHomeFirst, bool hasCardAtHome)
    {
        using Pair pair = new(isHomeFirst, hasCardAtHome);

        pair.Must("up");
        pair.AssertPlaces(areThere: true);
        Assert.Equal("nothing to do\n", pair.Must("up"));
        pair.Must("status");
        pair.Other.Ip("link set tap2 mtu 1300");
        pair.Must("reload");
        Assert.Equal(1500, pair.Other.Link("tap2").GetProperty("mtu").GetInt32());
        pair.Must("restart");
        pair.AssertPlaces(areThere: true);
        Assert.Equal("nothing to do\n", pair.Must("plan"));
        pair.Must("down");
        pair.AssertPlaces(areThere: false);
        pair.AssertNoLocks();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void UpAndDown_HomeNamedByNetns_AreCarriedOutThere(bool isHomeFirst)
    {
        using Pair pair = new(isHomeFirst, hasCardAtHome: true);
        using Process holder = pair.Home.Start("sleep", "1000");
        try
        {
            // The file's other namespace is the program's own, then.
            pair.Must("up", $"--netns {holder.Id}", pair.Other);
            pair.AssertPlaces(areThere: true);
            Assert.Equal("nothing to do\n", pair.Must("up"));
            pair.Must("down", $"--netns {holder.Id}", pair.Other);
            pair.AssertPlaces(areThere: false);
            pair.AssertNoLocks();
        }
        finally
        {
            holder.Kill();
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Up_SecondNamespaceFails_LeavesNothingInEither(bool isHomeFirst)
    {
        DirectoryInfo place = Directory.CreateTempSubdirectory("tbpair");
        try
        {
            using Pair pair = new(isHomeFirst, hasCardAtHome: true, $"hooks: {{post-up: 'mkdir {place}/one || ! mkdir {place}/two'}}, ");

            CommandResult result = pair.Run("up");

            Assert.True(result.ExitCode == 1, $"{result.ExitCode}: {result.Error}");
            Assert.DoesNotContain("could be undone", result.Error, StringComparison.Ordinal);
            Assert.Equal(2, place.GetDirectories().Length);
            pair.AssertPlaces(areThere: false);
            pair.AssertNoLocks();
        }
        finally
        {
            place.Delete(recursive: true);
        }
    }

    [Fact]
    public void Up_InTheNamespaceThatItNames_NeedsNoRightToEnterIt()
    {
        RealRoot.Require();
        RealTool.Require("setpriv");
        using TestNamespace space = new();
        using ConfigurationText file = new("devices: {tap1: {kind: tap}, tap2: {kind: tap, netns: /proc/self/ns/net}}");

        // Only what the unit of a file without other namespaces has.
        CommandResult result = space.Exec(
            "setpriv", ["--bounding-set=-all,+net_admin", "--inh-caps=-all", Tool.Path, "up", "-f", file.Path, "--netns", "/proc/self/ns/net"]);

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Equal((true, true), (space.HasLink("tap1"), space.HasLink("tap2")));
    }

    [Theory]
    [MemberData(nameof(Places))]
    public void Try_NoConfirmation_GoesBackInBoth(bool isHomeFirst, bool hasCardAtHome)
    {
        using Pair pair = new(isHomeFirst, hasCardAtHome);

        CommandResult result = pair.Run("try --timeout 1");

        Assert.True(result.ExitCode == 1, $"{result.ExitCode}: {result.Error}");
        Assert.Contains("gone back: no confirmation within 1 s", result.Error, StringComparison.Ordinal);
        pair.AssertPlaces(areThere: false);
        pair.AssertNoLocks();
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Try_ConfirmedFromHome_StaysInBoth(bool isHomeFirst, bool hasCardAtHome)
    {
        using Pair pair = new(isHomeFirst, hasCardAtHome);
        using Process process = await pair.StartTryAsync();

        pair.Home.Must("try --confirm");
        CommandResult result = await Tool.EndAsync(process);

        Assert.True(result.ExitCode == 0, result.Error);
        pair.AssertPlaces(areThere: true);
        pair.AssertNoLocks();
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Try_KilledHard_IsTakenBackInBothByItsGuardian(bool isHomeFirst, bool hasCardAtHome)
    {
        using Pair pair = new(isHomeFirst, hasCardAtHome);
        using Process process = await pair.StartTryAsync();
        pair.AssertPlaces(areThere: true);
        // What led to the namespace is gone when the guardian has to go there.
        pair.EndHolder();

        process.Kill();
        // The guardian has the same standard error, so its end is that of both.
        CommandResult result = await Tool.EndAsync(process);

        Assert.Contains("is taken back", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("not taken back", result.Error, StringComparison.Ordinal);
        pair.AssertPlaces(areThere: false);
        pair.AssertNoLocks();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Serve_CardsHereAndElsewhere_KeepsBoth(bool isHomeFirst)
    {
        using Pair pair = new(isHomeFirst, hasCardAtHome: true, "on-drift: repair, on-stop: remove, ");
        using Process process = pair.Home.StartTunbridge(pair.Line("serve"));
        string? line;
        do
            line = await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(s_patience, TestContext.Current.CancellationToken);
        while (line?.Contains("all as declared", StringComparison.Ordinal) == false);
        pair.AssertPlaces(areThere: true);

        Tool.Signal(process, "TERM");
        CommandResult result = await Tool.EndAsync(process);

        Assert.True(result.ExitCode == 0, result.Error);
        pair.AssertPlaces(areThere: false);
        pair.AssertNoLocks();
    }

    /// <summary>A home and another namespace, which only a process leads to, and a file with a card in each or in the other.</summary>
    private sealed class Pair : IDisposable
    {
        private readonly TestNamespace _one = new();
        private readonly TestNamespace _two = new();
        private readonly Process _holder;
        private readonly ConfigurationText _file;
        private readonly string _instance = $"pair-{Guid.NewGuid():N}"[..24];
        private readonly bool _hasCardAtHome;

        internal Pair(bool isHomeFirst, bool hasCardAtHome, string keys = "")
        {
            RealRoot.Require();
            bool isOneFirst = string.CompareOrdinal(KeyOf(_one), KeyOf(_two)) < 0;
            (Home, Other) = isOneFirst == isHomeFirst ? (_one, _two) : (_two, _one);
            _hasCardAtHome = hasCardAtHome;
            _holder = Other.Start("sleep", "1000");
            _file = new($"devices: {{{(hasCardAtHome ? $"tap1: {{{keys}kind: tap}}, " : "")}tap2: {{{keys}kind: tap, netns: /proc/{_holder.Id}/ns/net}}}}");
        }

        internal TestNamespace Home { get; }

        internal TestNamespace Other { get; }

        internal string Line(string command) => $"{command} -f {_file.Path} --name {_instance}";

        internal CommandResult Run(string command, string option = "", TestNamespace? place = null) =>
            (place ?? Home).Exec("timeout", [$"{s_patience.TotalSeconds}", Tool.Path, .. Tool.Words($"{Line(command)} {option}")]);

        internal string Must(string command, string option = "", TestNamespace? place = null)
        {
            CommandResult result = Run(command, option, place);
            Assert.True(result.ExitCode == 0, $"{command}: exit {result.ExitCode}: {result.Error}{result.Output}");
            return result.Output;
        }

        internal async Task<Process> StartTryAsync()
        {
            Process process = Home.StartTunbridge(Line("try --timeout 100"));
            string? line = await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken).AsTask()
                .WaitAsync(s_patience, TestContext.Current.CancellationToken);
            Assert.Contains("applied; without confirmation it goes back in 100 s", line, StringComparison.Ordinal);
            return process;
        }

        internal void EndHolder()
        {
            _holder.Kill();
            _holder.WaitForExit();
        }

        internal void AssertPlaces(bool areThere) => Assert.Equal(
            (areThere && _hasCardAtHome, false, false, areThere),
            (Home.HasLink("tap1"), Home.HasLink("tap2"), Other.HasLink("tap1"), Other.HasLink("tap2")));

        internal void AssertNoLocks() => Assert.Equal(
            [], ((string[])[KeyOf(Home), KeyOf(Other)]).SelectMany(key => (string[])[key + ".lock", key + ".trial", key + ".journal"]).Where(File.Exists));

        public void Dispose()
        {
            _holder.Kill();
            _holder.Dispose();
            _file.Dispose();
            _one.Dispose();
            _two.Dispose();
        }

        private static string KeyOf(TestNamespace space) => space.Run(ChangeJournal.FindPath);
    }
}
