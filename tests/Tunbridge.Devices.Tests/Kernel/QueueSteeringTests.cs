// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Tunbridge.Linux;
using Tunbridge.Packets;
using Tunbridge.Testing;

namespace Tunbridge.Devices.Tests.Kernel;

/// <summary>Which queue a packet comes out of: the kernel's own choice, and a program's.</summary>
public sealed class QueueSteeringTests : DeviceTest
{
    private const int FlowCount = 16;
    private const int PacketsPerFlow = 20;

    [Fact]
    public void WithoutProgram_EachFlowStaysOnItsQueueInOrder()
    {
        using TunDevice tun = UpTun(new() { Queues = 4 });
        using Flows flows = new(this);
        flows.Send();
        AssertInOrder(flows.Read(tun.Queues));
    }

    [Fact]
    public void QueuesDetachedAndAttached_TheirFlowsGoToOthers()
    {
        using TunDevice tun = UpTun(new() { Queues = 4 });
        using Flows flows = new(this);
        List<(int Queue, int Flow, byte Mark)> seen = [];
        for (int round = 0; round < 8; round++)
        {
            DeviceQueue queue = tun.Queues[round % 4];
            flows.Send();
            // Before it is detached: the kernel drops what it then holds.
            seen.AddRange(flows.Read(tun.Queues));
            queue.Detach();
            flows.Send();
            List<(int Queue, int Flow, byte Mark)> without = flows.Read(tun.Queues);
            Assert.DoesNotContain(without, p => p.Queue == round % 4);
            seen.AddRange(without);
            queue.Attach();
        }

        Assert.Equal(FlowCount * PacketsPerFlow * 16, seen.Count);
    }

    [Fact]
    public void QueueAddedAndRemoved_TheFlowsFollow()
    {
        using TunDevice tun = UpTun(new() { MultiQueue = true });
        using Flows flows = new(this);
        DeviceQueue added = tun.AddQueue();
        flows.Send();
        Assert.Equal(2, flows.Read(tun.Queues).Select(p => p.Queue).Distinct().Count());
        tun.RemoveQueue(added);
        Assert.True(added.IsClosed);
        Assert.Equal(1, tun.GetLink().Tun!.QueueCount);
        flows.Send();
        Assert.Equal(FlowCount * PacketsPerFlow, flows.Read(tun.Queues).Count);
        Assert.Throws<ArgumentException>(() => tun.RemoveQueue(added));
        Assert.Throws<InvalidOperationException>(() => tun.RemoveQueue(tun.Queues[0]));
    }

    [Fact]
    public void FixedProgram_DecidesForAll()
    {
        using TunDevice tun = UpTun(new() { Queues = 4 });
        using FileDescriptor program = Load(() => QueueSteering.LoadFixed(2));
        tun.SetSteeringProgram(program);
        using Flows flows = new(this);
        flows.Send();
        List<(int Queue, int Flow, byte Mark)> seen = flows.Read(tun.Queues);
        Assert.Equal([2], seen.Select(p => p.Queue).Distinct());
        AssertInOrder(seen);
    }

    [Theory]
    [InlineData(AddressFamily.InterNetwork)]
    [InlineData(AddressFamily.InterNetworkV6)]
    public void ByDestination_Tun_KeepsEachPeerOnOneQueueAndSpreadsPeers(AddressFamily family)
    {
        using TunDevice tun = UpTun(new() { Queues = 4 });
        using FileDescriptor program = Load(() => QueueSteering.LoadByDestination(DeviceLayer.Packet));
        tun.SetSteeringProgram(program);
        Ns.Run(() => File.WriteAllText("/proc/sys/net/ipv6/conf/t0/disable_ipv6", "0"));
        Ns.Ip("addr add fd00:9::1/64 dev t0 nodad");
        AssertOneQueueAPeer(tun, family, family == AddressFamily.InterNetwork ? "10.9.0." : "fd00:9::");
    }

    [Theory]
    [InlineData(AddressFamily.InterNetwork)]
    [InlineData(AddressFamily.InterNetworkV6)]
    public void ByDestination_Tap_KeepsEachPeerOnOneQueueAndSpreadsPeers(AddressFamily family)
    {
        using TapDevice tap = UpTap(new() { Queues = 4 });
        using FileDescriptor program = Load(() => QueueSteering.LoadByDestination(DeviceLayer.Frame));
        tap.SetSteeringProgram(program);
        Ns.Run(() => File.WriteAllText("/proc/sys/net/ipv6/conf/t0/disable_ipv6", "0"));
        Ns.Ip("addr add 10.9.0.1/24 dev t0");
        Ns.Ip("addr add fd00:9::1/64 dev t0 nodad");
        string prefix = family == AddressFamily.InterNetwork ? "10.9.0." : "fd00:9::";
        // One MAC address for all: the program must look behind it.
        for (int peer = 2; peer < 34; peer++)
            Ns.Ip($"neigh add {prefix}{peer} lladdr 02:00:00:00:00:99 dev t0");
        AssertOneQueueAPeer(tap, family, prefix);
    }

    private void AssertOneQueueAPeer(VirtualDevice device, AddressFamily family, string prefix)
    {
        int offset = (device.Layer == DeviceLayer.Frame ? 14 : 0) + (family == AddressFamily.InterNetwork ? 20 : 40) + 8;
        HashSet<(int Queue, int Peer)> pairs = [];
        PacketBatch batch = new(512);
        for (int port = 0; port < 5; port++)
        {
            for (int peer = 2; peer < 34; peer++)
            {
                using Socket socket = Ns.Run(() => new Socket(family, SocketType.Dgram, ProtocolType.Udp));
                socket.SendTo([0xA5, (byte)peer], new IPEndPoint(IPAddress.Parse($"{prefix}{peer}"), 1000 + port));
            }
        }

        for (int queue = 0; queue < 4; queue++)
        {
            batch.Clear();
            device.Queues[queue].TryRead(batch);
            foreach (ref readonly Packet packet in batch)
            {
                // The kernel's own announcements have other lengths.
                if (packet.Length == offset + 2 && packet.Span[offset] == 0xA5)
                    pairs.Add((queue, packet.Span[offset + 1]));
            }
        }

        Assert.Equal(32, pairs.Count);
        Assert.Equal(32, pairs.Select(p => p.Peer).Distinct().Count());
        Assert.Equal(4, pairs.Select(p => p.Queue).Distinct().Count());
    }

    private static FileDescriptor Load(Func<FileDescriptor> load)
    {
        RealRoot.Require(); // CAP_BPF counts outside every user namespace
        return load();
    }

    private static void AssertInOrder(List<(int Queue, int Flow, byte Mark)> seen)
    {
        Assert.Equal(FlowCount * PacketsPerFlow, seen.Count);
        foreach (IGrouping<int, (int Queue, int Flow, byte Mark)> flow in seen.GroupBy(p => p.Flow))
        {
            Assert.Single(flow.Select(p => p.Queue).Distinct());
            Assert.Equal(Enumerable.Range(0, PacketsPerFlow).Select(i => (byte)i), flow.Select(p => p.Mark));
        }
    }

    /// <summary>UDP flows out of t0, each a socket of its own; packets are numbered within a flow.</summary>
    private sealed class Flows : IDisposable
    {
        private readonly Socket[] _sockets;
        private readonly PacketBatch _batch = new(1024);

        internal Flows(QueueSteeringTests test)
        {
            _sockets = [.. Enumerable.Range(0, FlowCount).Select(_ => test.UdpSocket())];
            for (int i = 0; i < FlowCount; i++)
                _sockets[i].Connect(IPAddress.Parse("10.9.0.2"), 2000 + i);
        }

        internal void Send()
        {
            for (byte mark = 0; mark < PacketsPerFlow; mark++)
            {
                foreach (Socket socket in _sockets)
                    socket.Send([mark]);
            }
        }

        internal List<(int Queue, int Flow, byte Mark)> Read(IReadOnlyList<DeviceQueue> queues)
        {
            List<(int Queue, int Flow, byte Mark)> seen = [];
            for (int queue = 0; queue < queues.Count; queue++)
            {
                _batch.Clear();
                queues[queue].TryRead(_batch);
                foreach (ref readonly Packet packet in _batch)
                {
                    if (packet.Length == 29)
                        seen.Add((queue, (packet.Span[22] << 8) + packet.Span[23], packet.Span[28]));
                }
            }

            return seen;
        }

        public void Dispose()
        {
            foreach (Socket socket in _sockets)
                socket.Dispose();
        }
    }
}
