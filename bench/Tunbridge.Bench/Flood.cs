// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Tunbridge.Linux;

namespace Tunbridge.Bench;

/// <summary>bench/c/flood.c in C#, for machines without a C compiler: datagrams to port 9 until killed.</summary>
internal static class Flood
{
    private const int UdpLevel = 17;
    private const int UdpSegment = 103;
    private const int LargestSuperpacket = 60_000;
    private const int MostSegments = 64;

    /// <summary>Datagrams of their own, 64 in a system call, as programs send them that know nothing of segmentation.</summary>
    internal static int RunSingly(string address, string payloadText)
    {
        int payload = int.Parse(payloadText, CultureInfo.InvariantCulture);
        DatagramPath to = new(new DatagramAddress(IPAddress.Parse(address), 9));
        using DatagramSocket socket = DatagramSocket.Open(new() { Remote = to.Remote, Segmentation = false, SendBufferSize = 256 * 1024 });
        using DatagramSendBatch batch = new(payload * MostSegments, MostSegments);
        while (true)
        {
            batch.Clear();
            for (int i = 0; i < MostSegments; i++)
                _ = batch.TryAdd(default, batch.Slab.Span.Slice(i * payload, payload));
            socket.Send(batch);
        }
    }

    internal static int Run(string address, string payloadText)
    {
        int payload = int.Parse(payloadText, CultureInfo.InvariantCulture);
        byte[] buffer = new byte[payload * Math.Min(MostSegments, LargestSuperpacket / payload)];
        SocketAddress to = new IPEndPoint(IPAddress.Parse(address), 9).Serialize();
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.SetRawSocketOption(UdpLevel, UdpSegment, BitConverter.GetBytes(payload));
        while (true)
        {
            try
            {
                _ = socket.SendTo(buffer, SocketFlags.None, to);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.NoBufferSpaceAvailable)
            {
                // The card is behind: that is the aim.
            }
        }
    }
}
