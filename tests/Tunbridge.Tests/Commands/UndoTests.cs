// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Devices;
using Tunbridge.Testing;

namespace Tunbridge.Tests.Commands;

/// <summary>add and set that fail half-way leave everything as it was.</summary>
public sealed class UndoTests
{
    [Theory]
    // The kernel refuses the IPv6 address after the IPv4 one was given.
    [InlineData("add card --kind tap --owner nobody --mtu 1400 --promisc --address 10.0.0.1/24 --address fd00::1/64 --up", "fd00::1/64")]
    [InlineData("add tun5 --mtu 1300 --address 10.0.0.1/24 --address fd00::1/64 --up", "fd00::1/64")]
    [InlineData("set mine --owner nobody --mtu 1300 --mac 02:00:00:00:00:09 --address 10.5.0.1/24 --address fd00::1/64 --remove-address 10.9.0.1/24 --promisc --up", "fd00::1/64")]
    [InlineData("up", "tap0")]
    public void Change_IPv6SwitchedOff_IsUndone(string line, string said)
    {
        using TestNamespace space = new();
        space.Run(() =>
        {
            File.WriteAllText("/proc/sys/net/ipv6/conf/all/disable_ipv6", "1");
            File.WriteAllText("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1");
        });
        space.Ip("tuntap add mine mode tap user root");
        space.Ip("link set mine alias tunbridge:cli");
        space.Ip("addr add 10.9.0.1/24 dev mine");
        using IDisposable? taken = line == "up" ? Take(space) : null;
        string before = space.Dump();

        CommandResult result = space.Tunbridge(line);

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains(said, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("could not be undone", result.Error, StringComparison.Ordinal);
        Assert.Equal("", result.Output);
        Assert.Equal(before, space.Dump());
    }

    [Theory]
    [InlineData("add card --kind tap --address 10.0.0.1/24 --bridge nosuch --up", "nosuch")]
    [InlineData("add card --kind tap --address 10.0.0.1/24 --bridge mine --up", "mine")]
    [InlineData("set mine --mtu 1300 --bridge nosuch --up", "nosuch")]
    // A bridge with 1,023 ports is full, which the kernel alone knows.
    [InlineData("add card --kind tap --owner nobody --address 10.0.0.1/24 --bridge full --up", "full")]
    [InlineData("set mine --owner nobody --mtu 1300 --promisc --bridge full --up", "full")]
    public void Change_BridgeThatCannotBe_IsUndone(string line, string said)
    {
        using TestNamespace space = new();
        space.Must("add mine --kind tap");
        if (line.Contains("full", StringComparison.Ordinal))
            FillBridge(space);
        string before = space.Dump();

        CommandResult result = space.Tunbridge(line);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(said, result.AssertOneLine(1), StringComparison.Ordinal);
        Assert.DoesNotContain("undone", result.Error, StringComparison.Ordinal);
        Assert.Equal(before, space.Dump());
    }

    [Fact]
    public void Set_OwnerOfACardThatIsHeld_FailsWholeOrNotAtAll()
    {
        using TestNamespace space = new();
        space.Must("add mine --kind tap --owner root");
        using TapDevice holder = TapDevice.Attach("mine", new() { Namespace = space.Namespace });
        string before = space.Dump();

        // A single-queue card takes no second descriptor, and the owner is set through one.
        string error = space.Tunbridge("set mine --address 10.3.0.1/24 --mtu 1300 --owner nobody").AssertOneLine(1);

        Assert.Contains("mine", error, StringComparison.Ordinal);
        Assert.Equal(before, space.Dump());
    }

    [Fact]
    public void Add_Again_IsRefusedAndTheFirstStays()
    {
        using TestNamespace space = new();
        space.Must("add card --kind tap --address 10.0.0.1/24");
        string before = space.Dump();
        string error = space.Tunbridge("add card --kind tun --address 10.1.0.1/24 --force").AssertOneLine(1);
        Assert.Contains("exists already", error, StringComparison.Ordinal);
        Assert.Equal(before, space.Dump());
    }

    // The name that `up` wants is another program's card: nothing of the file may be done.
    private static TapDevice Take(TestNamespace space) => TapDevice.Create(new() { Name = "tap0", Persistent = false, Namespace = space.Namespace });

    // One batch of ip makes and joins them quickly.
    private static void FillBridge(TestNamespace space)
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllLines(file, [
                "link add full type bridge",
                .. Enumerable.Range(0, 1023).SelectMany(i => (string[])[$"link add p{i} type ifb", $"link set p{i} master full"]),
            ]);
            CommandResult result = space.Exec("ip", "-batch", file);
            Assert.SkipUnless(result.ExitCode == 0, $"this kernel cannot fill a bridge: {result.Error}");
        }
        finally
        {
            File.Delete(file);
        }
    }
}
