// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Tunbridge.Packets;

namespace Tunbridge.Devices.Tests.Groups;

/// <summary>Datagrams that carry their number and bytes that follow from it, and the eye that reads them again.</summary>
internal sealed class NumberedSender(Socket socket, ushort port = 9) : IDisposable
{
    internal const int Smallest = sizeof(uint);

    private const int Headers = 28; // IPv4 and UDP
    private const int Ethernet = 14;

    private static readonly byte[] s_pattern = MakePattern();

    private readonly SocketAddress _target = new IPEndPoint(IPAddress.Parse("10.9.0.2"), port).Serialize();
    private readonly byte[] _payload = new byte[65_000];

    /// <summary>How many were sent, which is the number of the next.</summary>
    internal uint Sent { get; private set; }

    internal void Send(int count, int payload = Smallest)
    {
        for (int i = 0; i < count; i++)
            SendOne(payload);
    }

    internal void SendOne(int payload)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_payload, Sent);
        PatternOf(Sent, payload).CopyTo(_payload.AsSpan(Smallest));
        Assert.Equal(payload, socket.SendTo(_payload.AsSpan(0, payload), SocketFlags.None, _target));
        Sent++;
    }

    /// <summary>Checks every byte of a packet, and gives its number.</summary>
    internal static uint NumberOf(ReadOnlySpan<byte> packet, DeviceLayer layer)
    {
        if (layer == DeviceLayer.Frame)
            packet = packet[Ethernet..];
        Assert.Equal(0x45, packet[0]);
        Assert.Equal(packet.Length, BinaryPrimitives.ReadUInt16BigEndian(packet[2..]));
        uint number = BinaryPrimitives.ReadUInt32BigEndian(packet[Headers..]);
        int length = packet.Length - Headers;
        Assert.True(packet[(Headers + Smallest)..].SequenceEqual(PatternOf(number, length)), $"packet {number} was changed");
        return number;
    }

    internal static void AddNumbers(PacketBatch batch, DeviceLayer layer, List<uint> numbers)
    {
        foreach (ref readonly Packet packet in batch)
            numbers.Add(NumberOf(packet.Span, layer));
    }

    public void Dispose() => socket.Dispose();

    private static ReadOnlySpan<byte> PatternOf(uint number, int payload) =>
        s_pattern.AsSpan((int)(number % 251), payload - Smallest);

    private static byte[] MakePattern()
    {
        byte[] pattern = new byte[66_000];
        new Random(7).NextBytes(pattern);
        return pattern;
    }
}
