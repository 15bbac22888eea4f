// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Testing;

namespace Tunbridge.Devices.Tests.Kernel;

/// <summary>Cards and network namespaces.</summary>
public sealed class NamespaceTests : DeviceTest
{
    [Fact]
    public void Card_IsMadeInTheNamespaceOfOpenNotOfAttach()
    {
        using TestNamespace other = new();
        using FileDescriptor fd = OpenNode();
        other.Run(() =>
        {
            Assert.Equal(Errno.None, TunControl.TrySetInterface(fd, "t0", TunFlags.Tun, out _));
        });
        Assert.True(Exists("t0"));
        Assert.NotEqual(0, other.Exec("ip", "link", "show", "t0").ExitCode);
    }

    [Fact]
    public void Device_AfterMoveAndRename_WorksOnAndKnowsItsName()
    {
        using TestNamespace other = new();
        using TunDevice tun = Tun("t0");
        using RouteNetlinkMove move = new(Ns, other);
        move.Move("t0");
        other.Ip("link set t0 name moved0");
        other.Ip("link set moved0 addrgenmode none up");
        Assert.Equal("moved0", tun.Name);
        Assert.Equal(Packets.PacketWriteStatus.Written, tun.TryWrite(Samples.IPv4()));
        using NetworkNamespace home = tun.GetNamespace();
        Assert.Equal(other.Namespace.Inode, home.Inode);
        // Configure and GetLink follow the card.
        Assert.Equal("moved0", tun.GetLink().Name);
        tun.Configure(link => link.Address("10.8.0.1/24"));
        Assert.Contains("10.8.0.1/24", other.Ip("addr show moved0"), StringComparison.Ordinal);
    }
}
