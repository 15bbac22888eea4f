// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets.Tests.Protocols;

public sealed class ProtocolAllocationTests
{
    [Fact]
    public void ParseBuildAndFormat_InAnyNumber_AllocateNothing()
    {
        byte[][] frames = [.. KernelFrames.All.Values];
        byte[] work = new byte[2048];
        char[] line = new char[PacketText.MaximumLength];
        MacAddress mac = MacAddress.Parse("02:00:00:00:00:02");
        Round(frames, work, line, mac); // statics and stubs are made here

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) Round(frames, work, line, mac);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Round(byte[][] frames, byte[] work, char[] line, MacAddress mac)
    {
        UInt128 one = new(0xFD00_0000_0000_0000, 1);
        UInt128 two = new(0xFD00_0000_0000_0000, 2);
        foreach (byte[] frame in frames)
        {
            TouchViews(frame);
            PacketText.TryFormat(frame, DeviceLayer.Frame, line, out _);
            frame.CopyTo(work, 0);
            PacketReply.TryMakeEchoReply(work.AsSpan(0, frame.Length), DeviceLayer.Frame);
            PacketReply.TryMakeUdpEcho(work.AsSpan(0, frame.Length), DeviceLayer.Frame, 9);
            PacketReply.TryWriteArpReply(frame, 0xC0A80002, mac, work, out _);
            PacketReply.TryWriteNeighborAdvertisement(frame, two, mac, work, out _);
        }

        EthernetView.Write(work, mac, mac, EtherType.Vlan);
        VlanView.Write(work, 5, EtherType.Ipv4);
        ArpView.Write(work, ArpOperation.Reply, mac, 1, mac, 2);
        Ipv4View.Write(work, new Ipv4Header { Source = 1, Destination = 2, Protocol = IpProtocol.Udp }, 100);
        Ipv6View.Write(work, new Ipv6Header { Source = one, Destination = two, NextHeader = IpProtocol.Udp }, 100);
        UdpView.Write(work, one, 1, two, 2, "payload"u8);
        TcpView.Write(work, 1u, 2u, new TcpHeader { SourcePort = 1, DestinationPort = 2 }, [], "payload"u8);
        IcmpView.WriteEcho(work, IcmpType.EchoReply, 1, 2, "payload"u8);
        Icmpv6View.WriteEcho(work, one, two, Icmpv6Type.EchoReply, 1, 2, "payload"u8);
        RouterView.WriteAdvertisement(work, one, two, default, []);
    }

    // As Touch.Everything, without xunit's assertions, which may allocate.
    private static void TouchViews(byte[] frame)
    {
        if (!EthernetView.TryParse(frame, out EthernetView ethernet)) return;
        if (Ipv4View.TryParse(ethernet.Payload, out Ipv4View v4))
        {
            foreach (HeaderOption option in v4.Options) _ = option.Data.Length;
            if (TcpView.TryParse(v4.Payload, out TcpView tcp)) _ = tcp.TryGetTimestamps(out _, out _);
            if (UdpView.TryParse(v4.Payload, out UdpView udp)) _ = udp.IsChecksumValid(v4.Source, v4.Destination);
            _ = v4.ToHeader();
        }

        if (!Ipv6View.TryParse(ethernet.Payload, out Ipv6View v6) || !v6.TryGetUpperLayer(out Ipv6UpperLayer upper)) return;
        if (NeighborView.TryParse(ethernet.Payload[upper.Offset..], out NeighborView neighbor))
            foreach (NdpOption option in neighbor.Options) _ = option.TryGetLinkLayerAddress(out _);
    }
}
