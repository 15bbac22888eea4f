// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Tunbridge.Linux;
using Tunbridge.Packets;
using Tunbridge.Testing;

namespace Tunbridge.Devices.Tests;

/// <summary>A namespace of the test's own, with short ways to make cards in it.</summary>
public abstract class DeviceTest : IDisposable
{
    private protected TestNamespace Ns { get; } = new();

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        Ns.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected TunDevice Tun(string name = "t0", DeviceOptions? options = null) =>
        TunDevice.Create((options ?? new()) with { Name = name, Namespace = Ns.Namespace });

    private protected TapDevice Tap(string name = "t0", DeviceOptions? options = null) =>
        TapDevice.Create((options ?? new()) with { Name = name, Namespace = Ns.Namespace });

    /// <summary>A TUN that is up with 10.9.0.1/24, and of its own accord silent.</summary>
    private protected TunDevice UpTun(DeviceOptions? options = null)
    {
        TunDevice tun = Tun("t0", options);
        Ns.Ip("addr add 10.9.0.1/24 dev t0");
        Up("t0");
        return tun;
    }

    private protected TapDevice UpTap(DeviceOptions? options = null)
    {
        TapDevice tap = Tap("t0", options);
        Up("t0");
        return tap;
    }

    /// <summary>Brings a card up without IPv6, so that the kernel sends nothing by itself.</summary>
    private protected void Up(string name)
    {
        // /proc/sys/net shows the namespace of the thread that opens it.
        Ns.Run(() => File.WriteAllText($"/proc/sys/net/ipv6/conf/{name}/disable_ipv6", "1"));
        Ns.Ip($"link set {name} up");
    }

    private protected FileDescriptor OpenNode() => Ns.Run(() => TunControl.Open());

    private protected Socket UdpSocket() =>
        Ns.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));

    /// <summary>Makes the kernel send datagrams out through t0.</summary>
    private protected void Send(params ReadOnlySpan<byte> marks)
    {
        using Socket socket = UdpSocket();
        foreach (byte mark in marks)
            socket.SendTo([mark], new IPEndPoint(IPAddress.Parse("10.9.0.2"), 9));
    }

    private protected bool Exists(string name) => Ns.Exec("ip", "link", "show", name).ExitCode == 0;

    private protected static List<byte> Marks(PacketBatch batch)
    {
        List<byte> marks = [];
        foreach (ref readonly Packet packet in batch)
            marks.Add(packet.Span[28]);
        return marks;
    }
}
