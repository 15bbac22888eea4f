// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Packets.Switching;

namespace Tunbridge.Packets.Tests.Switching;

/// <summary>The memory of a switch: its rules one by one, and against a dictionary over random histories.</summary>
public sealed class LearningTableTests
{
    private static readonly MacAddress s_a = MacAddress.Parse("02:00:00:00:00:0a");
    private static readonly MacAddress s_b = MacAddress.Parse("02:00:00:00:00:0b");

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);

    private static MacAddress Station(int number) =>
        new([0x02, 0, (byte)(number >> 24), (byte)(number >> 16), (byte)(number >> 8), (byte)number]);

    [Fact]
    public void Learn_ThenFind_GivesThePortUntilItAges()
    {
        LearningTable table = new(new() { AgeingTime = At(10) });
        Assert.False(table.TryFind(s_a, At(0), out _));
        Assert.Equal(LearnOutcome.Added, table.Learn(s_a, 3, At(0)));
        Assert.Equal(LearnOutcome.Refreshed, table.Learn(s_a, 3, At(5)));
        Assert.True(table.TryFind(s_a, At(14.9), out int port));
        Assert.Equal(3, port);
        Assert.False(table.TryFind(s_a, At(15), out _));
        Assert.Equal(LearnOutcome.Added, table.Learn(s_a, 3, At(16)));
        Assert.Equal(1, table.Count);
    }

    [Fact]
    public void Snapshot_HoldsWhatHasNotAged_AndRemoveTakesOneOut()
    {
        LearningTable table = new(new() { AgeingTime = At(10) });
        table.Learn(s_a, 3, At(0));
        table.Learn(s_b, 4, At(5), vlan: 7);
        table.Learn(s_b, 5, At(6));
        LearnedAddress a = new() { Address = s_a, Vlan = 0, Port = 3, Seen = At(0) };
        LearnedAddress tagged = new() { Address = s_b, Vlan = 7, Port = 4, Seen = At(5) };
        LearnedAddress b = new() { Address = s_b, Vlan = 0, Port = 5, Seen = At(6) };
        Assert.Equal([a, b, tagged], table.Snapshot(At(7)).OrderBy(l => l.Vlan).ThenBy(l => l.Port));
        Assert.Equal([b, tagged], table.Snapshot(At(10)).OrderBy(l => l.Vlan));
        Assert.True(table.Remove(s_b));
        Assert.False(table.Remove(s_b));
        Assert.Equal([tagged], table.Snapshot(At(10)));
    }

    [Fact]
    public void Learn_OnAnotherPort_MovesAtOnce()
    {
        LearningTable table = new();
        table.Learn(s_a, 1, At(0));
        Assert.Equal(LearnOutcome.Moved, table.Learn(s_a, 2, At(1)));
        Assert.True(table.TryFind(s_a, At(1), out int port));
        Assert.Equal(2, port);
        Assert.Equal((0, 1), (table.CountOf(1), table.CountOf(2)));
    }

    [Fact]
    public void Learn_SameAddressInTwoVlans_AreTwoStations()
    {
        LearningTable table = new();
        table.Learn(s_a, 1, At(0), vlan: 10);
        table.Learn(s_a, 2, At(0), vlan: 20);
        Assert.True(table.TryFind(s_a, At(0), out int first, vlan: 10));
        Assert.True(table.TryFind(s_a, At(0), out int second, vlan: 20));
        Assert.False(table.TryFind(s_a, At(0), out _));
        Assert.Equal((1, 2), (first, second));
        Assert.Throws<ArgumentOutOfRangeException>(() => table.Learn(s_a, 1, At(0), vlan: 4095));
    }

    [Theory]
    [InlineData("01:00:5e:00:00:01")]
    [InlineData("ff:ff:ff:ff:ff:ff")]
    [InlineData("00:00:00:00:00:00")]
    public void Learn_NoStation_IsNotKept(string address)
    {
        LearningTable table = new();
        Assert.Equal(LearnOutcome.NotAStation, table.Learn(MacAddress.Parse(address), 1, At(0)));
        Assert.Equal(0, table.Count);
    }

    [Fact]
    public void Learn_PortIsFull_KeepsWhatItHasAndOthersLearnOn()
    {
        LearningTable table = new(new() { MaximumPerPort = 2, Capacity = 100 });
        table.Learn(Station(1), 1, At(0));
        table.Learn(Station(2), 1, At(0));
        Assert.Equal(LearnOutcome.PortFull, table.Learn(Station(3), 1, At(1)));
        Assert.Equal(LearnOutcome.Refreshed, table.Learn(Station(2), 1, At(1)));
        Assert.Equal(LearnOutcome.Added, table.Learn(Station(3), 2, At(1)));
        // A station cannot move to where there is no room either.
        Assert.Equal(LearnOutcome.PortFull, table.Learn(Station(3), 1, At(1)));
        Assert.True(table.TryFind(Station(3), At(1), out int port));
        Assert.Equal(2, port);
    }

    [Fact]
    public void Learn_TableIsFull_TakesOnlyThePlacesOfAged()
    {
        LearningTable table = new(new() { Capacity = 8, AgeingTime = At(10) });
        for (int i = 0; i < 8; i++)
            table.Learn(Station(i), i, At(i));
        Assert.Equal(LearnOutcome.TableFull, table.Learn(s_a, 9, At(8)));
        Assert.Equal(LearnOutcome.Added, table.Learn(s_a, 9, At(10)));
        Assert.Equal(LearnOutcome.TableFull, table.Learn(s_b, 9, At(10)));
        Assert.False(table.TryFind(Station(0), At(10), out _));
        Assert.True(table.TryFind(Station(1), At(10), out _));
        Assert.Equal(8, table.Count);
    }

    [Fact]
    public void RemovePortAndAged_ForgetThoseAndNoOthers()
    {
        LearningTable table = new(new() { AgeingTime = At(10) });
        for (int i = 0; i < 300; i++)
            table.Learn(Station(i), i % 3, At(i % 2 == 0 ? 0 : 5));
        Assert.Equal(100, table.RemovePort(1));
        Assert.Equal((0, 200), (table.CountOf(1), table.Count));
        Assert.Equal(100, table.RemoveAged(At(12)));
        Assert.Equal(Enumerable.Range(0, 300).Where(i => i % 3 != 1 && i % 2 != 0),
            Enumerable.Range(0, 300).Where(i => table.TryFind(Station(i), At(12), out int port) && port == i % 3));
        table.Clear();
        Assert.Equal((0, 0), (table.Count, table.CountOf(0)));
    }

    [Fact]
    public void Histories_AreThoseOfADictionary()
    {
        for (int seed = 0; seed < 40; seed++)
        {
            Random random = new(seed);
            TimeSpan ageing = At(20);
            LearningTable table = new(new() { Capacity = 64, MaximumPerPort = 64, AgeingTime = ageing, Seed = (ulong)random.NextInt64() });
            Dictionary<MacAddress, (int Port, TimeSpan Seen)> truth = [];
            TimeSpan now = At(1000);
            for (int step = 0; step < 5000; step++)
            {
                now += TimeSpan.FromMilliseconds(random.Next(300));
                MacAddress address = Station(random.Next(60));
                int port = random.Next(8);
                switch (random.Next(20))
                {
                    case < 10:
                        bool known = truth.TryGetValue(address, out (int Port, TimeSpan Seen) was) && now - was.Seen < ageing;
                        LearnOutcome expected = !known ? LearnOutcome.Added
                            : was.Port == port ? LearnOutcome.Refreshed : LearnOutcome.Moved;
                        Assert.Equal(expected, table.Learn(address, port, now));
                        truth[address] = (port, now);
                        break;
                    case < 18:
                        bool there = truth.TryGetValue(address, out was) && now - was.Seen < ageing;
                        Assert.Equal(there, table.TryFind(address, now, out int found));
                        Assert.Equal(there ? was.Port : -1, found);
                        break;
                    case 18:
                        table.RemovePort(port);
                        truth = truth.Where(t => t.Value.Port != port).ToDictionary();
                        break;
                    default:
                        table.RemoveAged(now);
                        truth = truth.Where(t => now - t.Value.Seen < ageing).ToDictionary();
                        Assert.Equal(truth.Count, table.Count);
                        break;
                }

                Assert.Equal(table.Count, Enumerable.Range(0, 8).Sum(table.CountOf));
            }
        }
    }

    [Fact]
    public void LearnAndFind_AllocateNothing()
    {
        LearningTable table = new(new() { Capacity = 128, AgeingTime = At(1) });
        for (int i = 0; i < 16; i++)
            table.Learn(Station(i), i, At(0));
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10_000; i++)
        {
            table.Learn(Station(i), i % 16, TimeSpan.FromMilliseconds(i));
            table.TryFind(Station(i - 5), TimeSpan.FromMilliseconds(i), out _);
        }

        table.RemoveAged(At(100));
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(0, table.Count);
    }

    [Fact]
    public void Constructor_ImpossibleBounds_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => new LearningTable(new() { Capacity = 0 }));
        Assert.Throws<ArgumentException>(() => new LearningTable(new() { MaximumPerPort = 0 }));
        Assert.Throws<ArgumentException>(() => new LearningTable(new() { AgeingTime = TimeSpan.Zero }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LearningTable().Learn(s_a, -1, default));
    }
}
