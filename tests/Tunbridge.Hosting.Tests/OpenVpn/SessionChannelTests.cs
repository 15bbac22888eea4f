// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Tunnels;

namespace Tunbridge.Hosting.Tests.OpenVpn;

public sealed class SessionChannelTests
{
    private static readonly TimeSpan s_switch = TimeSpan.FromSeconds(6), s_retire = TimeSpan.FromSeconds(3700);

    [Theory]
    [InlineData("AES-256-GCM")]
    [InlineData("CHACHA20-POLY1305")]
    [InlineData("AES-128-CBC")]
    public void Channel_OverChangesOfKeys_SealsAndOpens(string cipher)
    {
        using SessionPair pair = new(cipher);
        using SessionChannel client = new(pair.Client), server = new(pair.Server!);
        HashSet<IPacketSealer> seen = [];
        for (int round = 0; round < 10; round++)
        {
            for (int slot = 0; slot < 3; slot++)
            {
                Carry(pair, client, server, slot, seen);
                Carry(pair, server, client, slot, seen);
            }

            pair.Renegotiate();
            Carry(pair, client, server, 0, seen);
            pair.Pass(s_switch);
            Carry(pair, client, server, 1, seen);
            Carry(pair, server, client, 0, seen);
            // The old key dies, and is disposed.
            pair.Pass(s_retire);
            pair.Pass(TimeSpan.FromSeconds(11));
        }

        Assert.Equal(62, seen.Count);    // three slots at two ends under ten keys; of the eleventh one at each end
        Assert.Same(client.SealerFor(0), client.SealerFor(0));
        Assert.NotSame(client.SealerFor(0), client.SealerFor(1));
    }

    [Fact]
    public void SealerFor_WithoutKeysOrAfterDispose_IsNull()
    {
        using SessionPair pair = new();
        SessionChannel channel = new(pair.Client);
        Assert.NotNull(channel.SealerFor(7));
        channel.Dispose();
        Assert.Null(channel.SealerFor(7));
        Assert.Null(channel.SealerFor(0));
        channel.Dispose();
    }

    [Fact]
    public async Task SealerFor_OnSeveralThreadsWhileKeysChange_NeverUsesANumberTwice()
    {
        using SessionPair pair = new();
        using SessionChannel client = new(pair.Client);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task<List<(byte Key, ulong Number)>>[] threads = [.. Enumerable.Range(0, 3).Select(slot => Task.Factory.StartNew(() =>
        {
            List<(byte Key, ulong Number)> heads = [];
            byte[] packet = new byte[100], room = new byte[300];
            while (!stop.IsCancellationRequested)
            {
                IPacketSealer sealer = client.SealerFor(slot)!;
                Assert.True(sealer.TrySeal(packet, room, 1, out _));
                // Key id, then epoch and counter: what makes the nonce, under fewer keys than there are key ids.
                heads.Add((room[0], BitConverter.ToUInt64(room, 4)));
            }

            return heads;
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        for (int i = 0; i < 6; i++)
        {
            pair.Renegotiate();
            pair.Pass(s_switch);
            pair.Pass(s_retire);
            pair.Pass(TimeSpan.FromSeconds(11));
        }

        await stop.CancelAsync();
        List<(byte Key, ulong Number)>[] all = await Task.WhenAll(threads);
        (byte Key, ulong Number)[] nonces = [.. all.SelectMany(h => h)];
        Assert.NotEmpty(nonces);
        Assert.Equal(nonces.Length, nonces.Distinct().Count());
    }

    private static void Carry(SessionPair pair, SessionChannel from, SessionChannel to, int slot, HashSet<IPacketSealer> seen)
    {
        byte[] packet = [0x45, .. Enumerable.Range(0, 99).Select(i => (byte)i)];
        IPacketSealer sealer = from.SealerFor(slot)!;
        seen.Add(sealer);
        byte[] datagram = new byte[packet.Length + sealer.Overhead];
        long now = pair.Now.ToUnixTimeMilliseconds();
        Assert.True(sealer.TrySeal(packet, datagram, now, out int length));
        Assert.Equal(DropReason.None, to.TryOpen(datagram.AsSpan(0, length), now, out Span<byte> opened, out _));
        Assert.Equal(packet, opened);
    }
}
