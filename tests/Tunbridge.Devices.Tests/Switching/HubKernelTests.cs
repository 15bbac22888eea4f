// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Devices.Tests.Forwarding;
using Tunbridge.Packets;
using Tunbridge.Testing;

namespace Tunbridge.Devices.Tests.Switching;

/// <summary>Three hosts of the kernel on one hub.</summary>
/// <remarks>
/// <code>
///   namespace 1            namespace 2            namespace 3
///   t0 10.9.1.1/24         t0 10.9.1.2/24         t0 10.9.1.3/24
///        └───────────────── hub ─────────────────────┘
/// </code>
/// </remarks>
[Collection(AloneCollection.Name)]
public sealed class HubKernelTests : IDisposable
{
    private readonly TestNamespace[] _spaces = [new(), new(), new()];
    private readonly Hub _hub = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _hub.Dispose();
        foreach (TestNamespace space in _spaces)
            space.Dispose();
    }

    [Fact]
    public async Task Tcp_BetweenAnyTwo_ArrivesAsSent()
    {
        HubPort[] ports = [.. Enumerable.Range(1, 3).Select(Plug)];
        await TcpTransfer.RunAsync(_spaces[0], _spaces[2], "10.9.1.3", 8 << 20, Token);
        await TcpTransfer.RunAsync(_spaces[2], _spaces[1], "10.9.1.2", 8 << 20, Token);
        // What two talk about, the third does not get: an ARP request, and what the kernels announce.
        Assert.True(ports[1].Counters.Received > 0);
        Assert.InRange(ports[0].Counters.SentBytes, 0, 4 << 20);
        Assert.True(ports[0].Counters.ReceivedBytes > 8 << 20);
        Assert.All(ports, p => Assert.Equal(0, p.Counters.Refused));
    }

    [Fact]
    public async Task Tcp_ToACardThatTakesNoSuperpackets_ArrivesAsSent()
    {
        HubPort giving = Plug(1);
        HubPort plain = Plug(2, Offload.None);
        await TcpTransfer.RunAsync(_spaces[0], _spaces[1], "10.9.1.2", 8 << 20, Token);
        Assert.Equal(0, plain.Counters.Refused);
        Assert.True(((TapDevice)plain.Queue).Superpackets.CutCount > 0, "no superpacket came");
        await TcpTransfer.RunAsync(_spaces[1], _spaces[0], "10.9.1.1", 1 << 20, Token);
        Assert.Equal(0, giving.Counters.Refused);
    }

    [Fact]
    public async Task CardDeleted_TheOthersGoOn()
    {
        HubPort[] ports = [.. Enumerable.Range(1, 3).Select(Plug)];
        Task transfer = TcpTransfer.RunAsync(_spaces[0], _spaces[1], "10.9.1.2", 8 << 20, Token);
        _spaces[2].Ip("link delete t0");
        Assert.True(SpinWait.SpinUntil(() => ports[2].IsRemoved, JoinedNamespaces.Patience));
        await transfer;
        Assert.IsType<Linux.LinuxException>(ports[2].Error);
        Plug(3);
        await TcpTransfer.RunAsync(_spaces[0], _spaces[2], "10.9.1.3", 1 << 20, Token);
    }

    [Fact]
    public async Task PassingFrames_AllocatesNothingThatGrowsWithTheTraffic()
    {
        Plug(1);
        Plug(2);
        await TcpTransfer.RunAsync(_spaces[0], _spaces[1], "10.9.1.2", 8 << 20, Token);
        long few = await Allocated(2 << 20);
        long many = await Allocated(64 << 20);
        // 62 MiB more are 1,000 superpackets and as many acknowledgements at the least.
        Assert.True(many - few < 200_000, $"{few} bytes for 2 MiB, {many} bytes for 64 MiB");

        async Task<long> Allocated(long bytes)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            await TcpTransfer.RunAsync(_spaces[0], _spaces[1], "10.9.1.2", bytes, Token);
            return GC.GetTotalAllocatedBytes(precise: true) - before;
        }
    }

    private HubPort Plug(int number) => Plug(number, Offload.All);

    private HubPort Plug(int number, Offload offload)
    {
        TestNamespace space = _spaces[number - 1];
        TapDevice tap = TapDevice.Create(new()
        {
            Name = "t0",
            Namespace = space.Namespace,
            Offload = offload,
            TransmitQueueLength = 20_000,
        });
        space.Ip($"addr add 10.9.1.{number}/24 dev t0");
        space.Ip("link set t0 up");
        return _hub.Add(tap, new() { Name = $"host {number}" });
    }
}
