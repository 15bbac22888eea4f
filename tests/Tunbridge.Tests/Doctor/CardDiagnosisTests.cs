// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Tunbridge.Linux;
using Tunbridge.Testing;

namespace Tunbridge.Tests.Doctor;

/// <summary>What existing cards and the stack's switches will do, tried on real cards in namespaces of their own.</summary>
public sealed class CardDiagnosisTests
{
    [Fact]
    public void Doctor_CardBusy_NamesPidAndCommandOfTheHolder()
    {
        using TestNamespace space = new();
        space.Ip("tuntap add dev tap0 mode tap user 0");
        using FileDescriptor held = space.Run(() => Attach("tap0", TunFlags.Tap | TunFlags.NoPacketInformation));
        DoctorRun run = DoctorRun.In(space, "tap0", "--kind", "tap");
        Assert.Equal(1, run.ExitCode);
        run.AssertStatus("card-busy", "fail");
        Assert.Equal(Environment.ProcessId.ToString(CultureInfo.InvariantCulture), run.Evidence("card-busy", "holder-pid"));
        string command = File.ReadAllText("/proc/self/cmdline").Replace('\0', ' ').Trim();
        // A long command line is cut with an ellipsis.
        Assert.StartsWith(run.Evidence("card-busy", "holder-command").TrimEnd('…'), command, StringComparison.Ordinal);
        Assert.StartsWith(Path.GetFileName(Environment.ProcessPath!), Path.GetFileName(run.Evidence("card-busy", "holder-command").Split(' ')[0]), StringComparison.Ordinal);
        Assert.Contains($"process {Environment.ProcessId}", run.Summary("card-busy"), StringComparison.Ordinal);
        Assert.Contains("EBUSY", run.Summary("card-busy"), StringComparison.Ordinal);
    }

    [Fact]
    public void Doctor_CardFree_ExitsZero()
    {
        using TestNamespace space = new();
        space.Ip("tuntap add dev tap0 mode tap user 0");
        space.Ip("link set tap0 up");
        DoctorRun run = DoctorRun.In(space, "tap0", "--kind", "tap");
        Assert.Equal(0, run.ExitCode);
        foreach (string id in new[] { "card", "card-kind", "card-queues", "card-access", "card-busy", "card-state" })
            run.AssertStatus(id, "ok");
    }

    [Fact]
    public void Doctor_NamesakeHeldInAnotherNamespace_IsNotTheHolder()
    {
        using TestNamespace space = new(), other = new();
        space.Ip("tuntap add dev tap0 mode tap user 0");
        using FileDescriptor held = other.Run(() => Attach("tap0", TunFlags.Tap | TunFlags.NoPacketInformation));
        DoctorRun run = DoctorRun.In(space, "tap0", "--kind", "tap");
        Assert.Equal(0, run.ExitCode);
        run.AssertStatus("card-busy", "ok");
    }

    [Theory]
    [InlineData("tun", "tap", "IFF_TUN")]
    [InlineData("tap", "tun", "IFF_TAP")]
    public void Doctor_KindMismatch_NamesTheDifferingBit(string exists, string asked, string bit)
    {
        using TestNamespace space = new();
        space.Ip($"tuntap add dev card0 mode {exists} user 0");
        DoctorRun run = DoctorRun.In(space, "card0", "--kind", asked);
        Assert.Equal(1, run.ExitCode);
        run.AssertStatus("card-kind", "fail");
        Assert.Contains($"the bit that differs is {bit} ", run.Summary("card-kind"), StringComparison.Ordinal);
        Assert.Equal(bit, run.Evidence("card-kind", "exists"));
        // The kernel agrees.
        TunFlags flags = (asked == "tap" ? TunFlags.Tap : TunFlags.Tun) | TunFlags.NoPacketInformation;
        Assert.Equal(Errno.EINVAL, space.Run(() => TryAttach("card0", flags)));
    }

    [Theory]
    [InlineData(" multi_queue", "", "exists as multi-queue")]
    [InlineData("", "--multi-queue", "exists as single-queue")]
    public void Doctor_QueueMismatch_NamesTheDifferingBit(string create, string ask, string says)
    {
        using TestNamespace space = new();
        space.Ip($"tuntap add dev card0 mode tap{create} user 0");
        DoctorRun run = DoctorRun.In(space, ["card0", "--kind", "tap", .. ask.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        Assert.Equal(1, run.ExitCode);
        run.AssertStatus("card-kind", "ok");
        run.AssertStatus("card-queues", "fail");
        Assert.Contains(says, run.Summary("card-queues"), StringComparison.Ordinal);
        Assert.Contains("the bit that differs is IFF_MULTI_QUEUE", run.Summary("card-queues"), StringComparison.Ordinal);
        TunFlags flags = TunFlags.Tap | TunFlags.NoPacketInformation | (ask.Length > 0 ? TunFlags.MultiQueue : 0);
        Assert.Equal(Errno.EINVAL, space.Run(() => TryAttach("card0", flags)));
    }

    [Fact]
    public void Doctor_NameOfABridge_SaysWhatItIs()
    {
        using TestNamespace space = new();
        space.Ip("link add br0 type bridge");
        DoctorRun run = DoctorRun.In(space, "br0");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("bridge", run.Summary("card"), StringComparison.Ordinal);
    }

    [Fact]
    public void Doctor_TwoCardsOnOnePrefix_NamesBothAndTheDetachedOne()
    {
        using TestNamespace space = new();
        foreach ((string card, string address) in new[] { ("ta", "10.77.0.1/24"), ("tb", "10.77.0.2/24") })
        {
            space.Ip($"tuntap add dev {card} mode tap user 0");
            space.Ip($"addr add {address} dev {card}");
            space.Ip($"link set {card} up");
        }

        using FileDescriptor held = space.Run(() => Attach("tb", TunFlags.Tap | TunFlags.NoPacketInformation));
        DoctorRun run = DoctorRun.In(space);
        Assert.Equal(0, run.ExitCode);
        run.AssertStatus("prefixes", "warn");
        Assert.Equal("ta (10.77.0.1, detached), tb (10.77.0.2)", run.Evidence("prefixes", "10.77.0.0/24"));
        Assert.Contains("tunbridge delete ta", run.Fix("prefixes"), StringComparison.Ordinal);
        run.AssertStatus("detached", "warn");
        Assert.Contains("attached to ta,", run.Summary("detached"), StringComparison.Ordinal);
        // What the diagnosis warns of is true: the kernel picks the dead card.
        Assert.Contains("dev ta", space.Ip("route get 10.77.0.9"), StringComparison.Ordinal);

        // --strict counts warnings.
        Assert.Equal(1, space.Exec(DoctorRun.Program, "doctor", "--strict").ExitCode);
        space.Exec("sh", "-c", "echo 1 > /proc/sys/net/ipv4/conf/all/ignore_routes_with_linkdown");
        DoctorRun.In(space).AssertStatus("detached", "ok");
    }

    [Fact]
    public void Doctor_ItsOwnCommands_MendWhatItFound()
    {
        using TestNamespace space = new();
        foreach (string card in new[] { "ta", "tb" })
        {
            space.Ip($"tuntap add dev {card} mode tap");
            space.Ip($"addr add 10.77.0.1/24 dev {card}");
            space.Ip($"link set {card} up");
        }

        foreach (string id in new[] { "access", "prefixes", "detached" })
        {
            DoctorRun run = DoctorRun.In(space);
            run.AssertStatus(id, "warn");
            foreach (string line in run.Commands(id).Where(c => c.StartsWith("tunbridge ", StringComparison.Ordinal)))
            {
                CommandResult result = space.Exec(DoctorRun.Program, line.Split(' ')[1..]);
                Assert.True(result.ExitCode == 0, $"{line}: {result.Output}{result.Error}");
            }

            DoctorRun.In(space).AssertStatus(id, "ok");
        }
    }

    [Fact]
    public void Doctor_CardSharesAPrefixWithAnotherInterface_IsNoticed()
    {
        using TestNamespace space = new();
        space.Ip("link add lan0 type bridge");
        space.Ip("addr add 192.168.0.7/24 dev lan0");
        space.Ip("tuntap add dev tap0 mode tap user 0");
        space.Ip("addr add 192.168.0.1/24 dev tap0");
        DoctorRun run = DoctorRun.In(space);
        run.AssertStatus("prefixes", "warn");
        Assert.Contains("lan0", run.Summary("prefixes"), StringComparison.Ordinal);
        Assert.Contains("tunbridge delete tap0", run.Fix("prefixes"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("all", "every interface")]
    [InlineData("default", "new cards")]
    [InlineData("tap0", "tap0")]
    public void Doctor_IPv6Disabled_NamesWhere(string scope, string says)
    {
        Assert.SkipUnless(Directory.Exists("/proc/sys/net/ipv6"), "this kernel has no IPv6");
        using TestNamespace space = new();
        space.Ip("tuntap add dev tap0 mode tap user 0");
        DoctorRun.In(space).AssertStatus("ipv6", "ok");
        space.Exec("sh", "-c", $"echo 1 > /proc/sys/net/ipv6/conf/{scope}/disable_ipv6");
        DoctorRun run = DoctorRun.In(space);
        Assert.Equal(0, run.ExitCode);
        run.AssertStatus("ipv6", "warn");
        Assert.Contains(says, run.Summary("ipv6"), StringComparison.Ordinal);
        Assert.Contains($"sysctl -w net.ipv6.conf.{scope}.disable_ipv6=0", run.Fix("ipv6"), StringComparison.Ordinal);
    }

    [Fact]
    public void Doctor_PersistentCardWithoutOwner_IsOpenToEveryone()
    {
        using TestNamespace space = new();
        space.Ip("tuntap add dev mine mode tap user 0");
        space.Ip("tuntap add dev yours mode tun");
        DoctorRun run = DoctorRun.In(space);
        run.AssertStatus("access", "warn");
        Assert.Contains("attach to yours:", run.Summary("access"), StringComparison.Ordinal);
        Assert.Contains("tunbridge set yours --owner root", run.Fix("access"), StringComparison.Ordinal);
        Assert.DoesNotContain("mine", run.Fix("access"), StringComparison.Ordinal);
    }

    [Fact]
    public void Doctor_StrictReversePath_UsesTheGreaterOfAllAndTheCard()
    {
        using TestNamespace space = new();
        space.Ip("tuntap add dev tun0 mode tun user 0");
        space.Exec("sh", "-c", "echo 1 > /proc/sys/net/ipv4/conf/all/rp_filter; echo 0 > /proc/sys/net/ipv4/conf/tun0/rp_filter");
        DoctorRun.In(space).AssertStatus("rp-filter", "warn");
        space.Exec("sh", "-c", "echo 2 > /proc/sys/net/ipv4/conf/tun0/rp_filter");
        DoctorRun.In(space).AssertStatus("rp-filter", "ok");
    }

    [Fact]
    public void Doctor_Text_HasALineACheckAndFixesBelow()
    {
        using TestNamespace space = new();
        space.Ip("tuntap add dev yours mode tun");
        CommandResult result = space.Exec(DoctorRun.Program, "doctor");
        Assert.Equal(0, result.ExitCode);
        Assert.Equal("", result.Error);
        string[] lines = result.Output.Split('\n');
        Assert.Contains(lines, l => l.StartsWith("ok    driver ", StringComparison.Ordinal));
        int access = Array.FindIndex(lines, l => l.StartsWith("warn  access ", StringComparison.Ordinal));
        Assert.True(access > 0, result.Output);
        Assert.Contains("yours", lines[access + 1], StringComparison.Ordinal);
        Assert.StartsWith("      → fix: ", lines[access + 2], StringComparison.Ordinal);
        Assert.DoesNotContain('\e', result.Output);
    }

    [Theory]
    [InlineData("doctor", "a-name-too-long-for-it")]
    [InlineData("doctor", "a/b")]
    [InlineData("doctor", "--kind", "tap")]
    [InlineData("doctor", "tap0", "--kind", "bridge")]
    [InlineData("doctor", "--yes")]
    public void Doctor_WrongUsage_IsOneLineAndExitTwo(params string[] arguments)
    {
        CommandResult result = CommandResult.Of(DoctorRun.Program, arguments);
        Assert.Equal(2, result.ExitCode);
        Assert.Equal("", result.Output);
        Assert.Single(result.Error.TrimEnd('\n').Split('\n'));
    }

    private static FileDescriptor Attach(string name, TunFlags flags)
    {
        FileDescriptor descriptor = TunControl.Open();
        Errno errno = TunControl.TrySetInterface(descriptor, name, flags, out _);
        Assert.Equal(Errno.None, errno);
        return descriptor;
    }

    private static Errno TryAttach(string name, TunFlags flags)
    {
        using FileDescriptor descriptor = TunControl.Open();
        return TunControl.TrySetInterface(descriptor, name, flags, out _);
    }
}
