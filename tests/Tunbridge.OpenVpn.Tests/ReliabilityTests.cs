// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Control;
using Tunbridge.OpenVpn.Wire;

namespace Tunbridge.OpenVpn.Tests;

public sealed class ReliabilityTests
{
    private static readonly DateTimeOffset s_start = DateTimeOffset.UnixEpoch.AddYears(56);

    [Fact]
    public void Message_Unacknowledged_IsRepeatedAfterTwoFourEightSeconds()
    {
        Reliability sender = New();
        sender.Queue(Opcode.ControlV1, [1]);
        List<double> times = [];
        for (int i = 0; i < 4; i++)
        {
            DateTimeOffset now = i == 0 ? s_start : sender.NextTimeout!.Value;
            Assert.True(sender.TryPollSend(now, out _, out uint id, out _));
            Assert.Equal(0u, id);
            Assert.False(sender.TryPollSend(now, out _, out _, out _));
            times.Add((now - s_start).TotalSeconds);
        }
        Assert.Equal([0, 2, 6, 14], times);
        sender.HandleAcks([0]);
        Assert.Null(sender.NextTimeout);
        Assert.True(sender.IsAcknowledged);
    }

    [Fact]
    public void SendWindow_Full_OpensWithTheLowestAcknowledgement()
    {
        Reliability sender = New();
        for (byte i = 0; i < Reliability.SendWindow; i++)
        {
            Assert.True(sender.CanQueue);
            sender.Queue(Opcode.ControlV1, [i]);
        }
        Assert.False(sender.CanQueue);
        Assert.Throws<InvalidOperationException>(() => sender.Queue(Opcode.ControlV1, [9]));
        sender.HandleAcks([1, 2, 77, uint.MaxValue]);
        Assert.False(sender.CanQueue);
        sender.HandleAcks([0]);
        Assert.True(sender.CanQueue);
        Assert.Equal(6u, sender.NextSend);
    }

    [Fact]
    public void Message_ThreeLaterAcknowledged_IsRepeatedAtOnceAndOnlyOnce()
    {
        Reliability sender = New();
        for (byte i = 0; i < 5; i++)
            sender.Queue(Opcode.ControlV1, [i]);
        while (sender.TryPollSend(s_start, out _, out _, out _))
        {
            // first transmissions
        }
        sender.HandleAcks([1, 2]);
        Assert.False(sender.TryPollSend(s_start, out _, out _, out _));
        sender.HandleAcks([3]);
        Assert.True(sender.TryPollSend(s_start, out _, out uint id, out _));
        Assert.Equal(0u, id);
        sender.HandleAcks([4]);
        Assert.False(sender.TryPollSend(s_start, out _, out _, out _));
    }

    [Fact]
    public void Messages_ReorderedAndRepeated_AreDeliveredOnceInOrder()
    {
        Reliability receiver = New();
        Assert.True(receiver.HandleMessage(Opcode.ControlV1, 1, [1]));
        Assert.False(receiver.TryDeliver(out _, out _));
        Assert.True(receiver.HandleMessage(Opcode.HardResetServerV2, 0, []));
        Assert.False(receiver.HandleMessage(Opcode.ControlV1, 1, [9]));
        Assert.True(receiver.TryDeliver(out Opcode opcode, out ReadOnlySpan<byte> payload));
        Assert.Equal((Opcode.HardResetServerV2, 0), (opcode, payload.Length));
        Assert.True(receiver.TryDeliver(out _, out payload));
        Assert.Equal(1, payload[0]);
        Assert.False(receiver.HandleMessage(Opcode.ControlV1, 0, [9]));
        Assert.False(receiver.TryDeliver(out _, out _));
    }

    [Fact]
    public void Message_BeyondTheWindow_IsNeitherKeptNorAcknowledged()
    {
        Reliability receiver = New();
        Assert.True(receiver.HandleMessage(Opcode.ControlV1, Reliability.ReceiveWindow - 1, [1]));
        Assert.False(receiver.HandleMessage(Opcode.ControlV1, Reliability.ReceiveWindow, [1]));
        Assert.False(receiver.HandleMessage(Opcode.ControlV1, uint.MaxValue, [1]));
        uint[] acks = new uint[8];
        Assert.Equal(1, receiver.TakeAcks(acks));
        Assert.Equal((uint)Reliability.ReceiveWindow - 1, acks[0]);
        Assert.False(receiver.HasPendingAcks);
    }

    [Fact]
    public void Acknowledgements_SentBefore_AreRepeatedBesideNewOnes()
    {
        Reliability receiver = New();
        uint[] acks = new uint[4];
        receiver.HandleMessage(Opcode.ControlV1, 0, [0]);
        receiver.HandleMessage(Opcode.ControlV1, 1, [0]);
        Assert.Equal(2, receiver.TakeAcks(acks));
        Assert.Equal([0u, 1u], acks[..2]);
        receiver.HandleMessage(Opcode.ControlV1, 2, [0]);
        Assert.Equal(3, receiver.TakeAcks(acks));
        Assert.Equal([2u, 0u, 1u], acks[..3]);
        // A repeated message is acknowledged again: the peer has not seen ours.
        receiver.HandleMessage(Opcode.ControlV1, 0, [0]);
        Assert.True(receiver.HasPendingAcks);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Pair_LosingReorderingAndDuplicating_DeliversEverythingInOrder(int seed)
    {
        Random random = new(seed);
        Reliability sender = New();
        Reliability receiver = New();
        DateTimeOffset now = s_start;
        List<(uint Id, byte[] Payload)> wire = [];
        List<int> delivered = [];
        int queued = 0;
        uint[] acks = new uint[8];
        while (delivered.Count < 500)
        {
            for (; queued < 500 && sender.CanQueue; queued++)
                sender.Queue(Opcode.ControlV1, BitConverter.GetBytes(queued));
            while (sender.TryPollSend(now, out _, out uint id, out ReadOnlySpan<byte> payload))
            {
                for (int copies = random.Next(10) switch { 0 => 0, 1 => 2, _ => 1 }; copies > 0; copies--)
                    wire.Insert(random.Next(wire.Count + 1), (id, payload.ToArray()));
            }
            foreach ((uint id, byte[] payload) in wire)
                receiver.HandleMessage(Opcode.ControlV1, id, payload);
            wire.Clear();
            while (receiver.TryDeliver(out _, out ReadOnlySpan<byte> payload))
                delivered.Add(BitConverter.ToInt32(payload));
            int count = receiver.HasPendingAcks ? receiver.TakeAcks(acks) : 0;
            if (random.Next(10) > 0)
                sender.HandleAcks(acks.AsSpan(0, count));
            now += TimeSpan.FromSeconds(1);
            Assert.True(now - s_start < TimeSpan.FromDays(2), "it does not go on");
        }
        Assert.Equal(Enumerable.Range(0, 500), delivered);
    }

    private static Reliability New() => new(TimeSpan.FromSeconds(2));
}
