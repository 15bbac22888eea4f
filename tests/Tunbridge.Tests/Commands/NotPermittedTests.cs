// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Testing;
using Tunbridge.Tests.Doctor;

namespace Tunbridge.Tests.Commands;

/// <summary>Nobody without capabilities, where /dev/net/tun is open to everyone: exit 4, the capability and the way round.</summary>
public sealed class NotPermittedTests
{
    private const string Node = "mknod -m 666 /dev/net/tun c 10 200";
    private const string AsNobody = "setpriv --reuid 65534 --regid 65534 --clear-groups";

    [Theory]
    [InlineData("add tap7", "tunbridge add tap7 --kind tap --owner nobody")]
    [InlineData("add tap7 --owner root --address 10.0.0.1/24 --up", "tunbridge add tap7 --kind tap --owner nobody")]
    [InlineData("add vm%d --kind tap", "tunbridge add vm0 --kind tap --owner nobody")]
    [InlineData("up", "tunbridge add tap0 --kind tap --owner nobody")]
    [InlineData("set mine --mtu 1300", "CAP_NET_ADMIN")]
    [InlineData("set mine --up", "CAP_NET_ADMIN")]
    [InlineData("set mine --address 10.0.0.1/24", "CAP_NET_ADMIN")]
    [InlineData("delete mine", "CAP_NET_ADMIN")]
    [InlineData("capture mine", "CAP_NET_RAW")]
    public void Change_WithoutCapability_NamesItAndTheWayRound(string line, string said)
    {
        using TestNamespace space = new();
        space.Must("add mine --kind tap --owner root");
        string before = space.Dump();

        CommandResult result = DoctorRun.Shell(space, $"{Node}\n{AsNobody} $program {line}");

        string error = result.AssertOneLine(4);
        Assert.Contains("CAP_NET_", error, StringComparison.Ordinal);
        Assert.Contains(said, error, StringComparison.Ordinal);
        Assert.Equal(before, space.Dump());
    }

    [Fact]
    public void Look_WithoutCapability_IsAllowed()
    {
        using TestNamespace space = new();
        space.Must("add mine --kind tap --owner nobody --address 10.0.0.1/24");
        CommandResult result = DoctorRun.Shell(space, $"{Node}\n{AsNobody} $program list --json && {AsNobody} $program show mine");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains("10.0.0.1/24", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Add_NodeThatThisUserMayNotOpen_IsExit4()
    {
        using TestNamespace space = new();
        CommandResult result = DoctorRun.Shell(space, $"mknod -m 600 /dev/net/tun c 10 200\n{AsNobody} $program add tap7 --owner nobody");
        Assert.Contains("/dev/net/tun", result.AssertOneLine(4), StringComparison.Ordinal);
    }
}
