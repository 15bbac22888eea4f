// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Tunbridge.Devices;
using Tunbridge.Packets;

/// <summary>Sends two rows of numbered datagrams out through the card, and tells how they were read.</summary>
internal static class Rows
{
    private const int Count = 600, Headers = 28;

    internal static void Read(VirtualDevice card)
    {
        card.Configure(link => link.Address("10.9.0.1/24").TransmitQueueLength(1000).Up());
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        IPEndPoint target = new(IPAddress.Parse("10.9.0.2"), 9);
        PacketBatch batch = new();
        byte[] payload = new byte[4];
        for (uint row = 0; row < 2; row++)
        {
            for (uint i = 0; i < Count; i++)
            {
                BinaryPrimitives.WriteUInt32BigEndian(payload, i);
                socket.SendTo(payload, target);
            }

            uint read = 0;
            bool isInOrder = true;
            while (card.TryRead(batch) != 0)
            {
                foreach (ref readonly Packet packet in batch)
                {
                    // The card is up for the first time: the kernel says hello in IPv6.
                    if (packet.Span[0] == 0x45)
                        isInOrder &= BinaryPrimitives.ReadUInt32BigEndian(packet.Span[Headers..]) == read++;
                }

                batch.Clear();
            }

            DeviceQueue queue = card.Queues[0];
            Console.WriteLine($"{read} {(isInOrder ? "in order" : "mixed up")}, {(queue.ReadGroups > 0 ? "groups" : "singly")}, {queue.ReadGroupRefusal}");
        }
    }
}
