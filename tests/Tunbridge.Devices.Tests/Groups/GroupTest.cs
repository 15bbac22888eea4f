// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Packets;
using Tunbridge.Testing;

namespace Tunbridge.Devices.Tests.Groups;

/// <summary>Cards that are read in groups; skips, visibly, where io_uring is not to be had.</summary>
public abstract class GroupTest : DeviceTest
{
    // More packets than make a queue be read in groups.
    private protected const int Row = 600;

    private protected static readonly TimeSpan s_patience = Generous.Patience;

    protected GroupTest()
    {
        using EventFd any = new();
        using ReadRing? ring = ReadRing.TryOpen(any.Descriptor, 8, out Errno errno);
        Assert.SkipWhen(ring is null, $"io_uring is refused here: {errno}");
    }

    private protected static DeviceOptions Options { get; } = new() { TransmitQueueLength = 2000 };

    private protected NumberedSender Sender(ushort port = 9) => new(UdpSocket(), port);

    /// <summary>A TAP that is up with 10.9.0.1/24 and knows 10.9.0.2.</summary>
    private protected TapDevice AddressedTap(DeviceOptions options)
    {
        TapDevice tap = UpTap(options);
        Ns.Ip("addr add 10.9.0.1/24 dev t0");
        Ns.Ip("neigh replace 10.9.0.2 lladdr 02:00:00:00:00:02 dev t0");
        return tap;
    }

    /// <summary>What the kernel dropped for want of room in the queue.</summary>
    private protected static long DroppedBy(VirtualDevice card) => (long)card.GetLink().Statistics!.TransmitDropped;

    /// <summary>Reads until nothing waits; gives the numbers in the order of reading.</summary>
    private protected static List<uint> Drain(IPacketQueue queue, PacketBatch? batch = null)
    {
        batch ??= new();
        List<uint> numbers = [];
        while (queue.TryRead(batch) != 0)
        {
            NumberedSender.AddNumbers(batch, queue.Layer, numbers);
            batch.Clear();
        }

        return numbers;
    }

    private protected static IEnumerable<uint> Numbers(int count) => Enumerable.Range(0, count).Select(i => (uint)i);
}
