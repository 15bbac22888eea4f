// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Tunbridge.Testing;

namespace Tunbridge.Linux.Tests;

/// <summary>Who we are, who others are, and device nodes.</summary>
public sealed class IdentityTests
{
    [Theory]
    [InlineData(Capability.DacOverride)]
    [InlineData(Capability.NetBindService)]
    [InlineData(Capability.NetAdmin)]
    [InlineData(Capability.NetRaw)]
    [InlineData(Capability.SysModule)]
    [InlineData(Capability.SysAdmin)]
    [InlineData(Capability.Mknod)]
    public void Has_AgreesWithProc(Capability capability)
    {
        string line = File.ReadLines("/proc/thread-self/status").Single(l => l.StartsWith("CapEff:", StringComparison.Ordinal));
        ulong effective = ulong.Parse(line.AsSpan(7).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        Assert.Equal((effective & (1UL << (int)capability)) != 0, ProcessIdentity.Has(capability));
    }

    [Fact]
    public void Users_AreFoundBothWays()
    {
        Assert.Equal(0u, UserDatabase.FindUserId("root"));
        Assert.Equal("root", UserDatabase.FindUserName(0));
        Assert.Equal(0u, UserDatabase.FindGroupId("root"));
        Assert.Equal("root", UserDatabase.FindGroupName(0));
        Assert.Null(UserDatabase.FindUserId("no-such-user"));
        Assert.Null(UserDatabase.FindUserName(4_000_000_000));
        Assert.Null(UserDatabase.FindGroupId("no-such-group"));
        Assert.Null(UserDatabase.FindGroupName(4_000_000_000));
    }

    [Fact]
    public void Node_Null_IsDescribedAsStatDoes()
    {
        DeviceNode node = DeviceNode.TryRead("/dev/null", out Errno errno)!;
        Assert.Equal(Errno.None, errno);
        Assert.Equal((true, 1u, 3u), (node.IsCharacterDevice, node.Major, node.Minor));
        string stat = CommandResult.Of("stat", "-c", "%a %u %g", "/dev/null").Output.Trim();
        Assert.Equal(stat, $"{Convert.ToString(node.Mode, 8)} {node.UserId} {node.GroupId}");
        Assert.Null(DeviceNode.TryRead("/nonexistent", out errno));
        Assert.Equal(Errno.ENOENT, errno);
    }

    [Fact]
    public void Node_Created_HasNumbersAndExactMode()
    {
        RealRoot.Require();
        string directory = Directory.CreateTempSubdirectory("tunbridge-node-").FullName;
        string path = Path.Combine(directory, "node");
        DeviceNode.Create(path, 10, 200, 0b110_110_110);
        DeviceNode node = DeviceNode.TryRead(path, out _)!;
        Assert.Equal((true, 10u, 200u, 0b110_110_110u), (node.IsCharacterDevice, node.Major, node.Minor, node.Mode));
        Assert.Equal(Errno.EEXIST, Assert.Throws<LinuxException>(() => DeviceNode.Create(path, 10, 200, 0)).Errno);
        Directory.Delete(directory, recursive: true);
    }
}
