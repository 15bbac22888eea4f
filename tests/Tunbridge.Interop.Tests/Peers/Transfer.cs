// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Tunbridge.Testing;

namespace Tunbridge.Interop.Tests.Peers;

/// <summary>Bytes over one TCP connection between two namespaces, hashed at both ends.</summary>
internal static class Transfer
{
    internal const long Length = 10_000_000;

    /// <summary>From the namespace that connects to the one that listens at the address.</summary>
    internal static Task UpAsync(TestNamespace from, TestNamespace to, string address, CancellationToken cancellationToken, long length = Length) =>
        RunAsync(to, from, address, listenerSends: false, length, cancellationToken);

    /// <summary>From the namespace that listens at the address to the one that connects.</summary>
    internal static Task DownAsync(TestNamespace from, TestNamespace to, string address, CancellationToken cancellationToken, long length = Length) =>
        RunAsync(from, to, address, listenerSends: true, length, cancellationToken);

    private static async Task RunAsync(
        TestNamespace listens, TestNamespace connects, string address, bool listenerSends, long length, CancellationToken cancellationToken)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(Patience.Long);
        IPAddress at = IPAddress.Parse(address);
        // A socket stays in the namespace that it was made in, wherever it is used.
        using Socket listener = listens.Run(() => new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        listener.Bind(new IPEndPoint(at, 0));
        listener.Listen();
        using Socket client = connects.Run(() => new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        Task<Socket> accepting = listener.AcceptAsync(end.Token).AsTask();
        await client.ConnectAsync(listener.LocalEndPoint!, end.Token);
        using Socket accepted = await accepting;

        (Socket sender, Socket receiver) = listenerSends ? (accepted, client) : (client, accepted);
        Task<string> sent = SendAsync(sender, length, end.Token);
        string received = await ReceiveAsync(receiver, end.Token);
        Assert.Equal(await sent, received);
    }

    private static async Task<string> SendAsync(Socket socket, long length, CancellationToken cancellationToken)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] block = RandomNumberGenerator.GetBytes(10_000);
        for (long sent = 0; sent < length; sent += block.Length)
        {
            // No two blocks alike: one delivered in another's place shows.
            BinaryPrimitives.WriteInt64LittleEndian(block, sent);
            hash.AppendData(block);
            for (int offset = 0; offset < block.Length;)
                offset += await socket.SendAsync(block.AsMemory(offset), cancellationToken);
        }

        socket.Shutdown(SocketShutdown.Send);
        return $"{length} {Convert.ToHexString(hash.GetHashAndReset())}";
    }

    private static async Task<string> ReceiveAsync(Socket socket, CancellationToken cancellationToken)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[65536];
        long length = 0;
        while (await socket.ReceiveAsync(buffer, cancellationToken) is var count and > 0)
        {
            hash.AppendData(buffer, 0, count);
            length += count;
        }

        return $"{length} {Convert.ToHexString(hash.GetHashAndReset())}";
    }
}
