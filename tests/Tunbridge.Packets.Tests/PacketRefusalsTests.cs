// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets.Tests;

public sealed class PacketRefusalsTests
{
    [Fact]
    public void Add_EveryStatus_CountsAllButWritten()
    {
        var refusals = new PacketRefusals();
        foreach (PacketWriteStatus status in Enum.GetValues<PacketWriteStatus>())
            refusals.Add(status);
        refusals.Add(PacketWriteStatus.Gone);

        Assert.Equal(0, refusals[PacketWriteStatus.Written]);
        Assert.Equal(1, refusals[PacketWriteStatus.Malformed]);
        Assert.Equal(2, refusals[PacketWriteStatus.Gone]);
        Assert.Equal(6, refusals.Total);
    }

    [Fact]
    public void Add_UnknownStatus_CountsAsRefused()
    {
        var refusals = new PacketRefusals();
        refusals.Add((PacketWriteStatus)99);
        refusals.Add((PacketWriteStatus)(-1));

        Assert.Equal(2, refusals[PacketWriteStatus.Refused]);
        Assert.Equal(0, refusals[(PacketWriteStatus)99]);
    }
}
