// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Crypto;
using Tunbridge.OpenVpn.Control;
using Tunbridge.OpenVpn.Data;
using Tunbridge.OpenVpn.Tests.Support;
using Tunbridge.OpenVpn.Wire;
using Tunbridge.Tunnels;
using static Tunbridge.OpenVpn.Tests.Support.Vectors;

namespace Tunbridge.OpenVpn.Tests.Wire;

/// <summary>Every reader of bytes from the peer, over cut, flipped and mutated input: nothing throws, nothing is taken that was not sent.</summary>
public sealed class HostileBytesTests
{
    private static readonly int s_mutations = HostileCount.Of(200_000);

    public static TheoryData<string> Targets => [.. s_targets.Keys];

    private static readonly Opener s_gcm = new("AES-256-GCM");
    private static readonly Opener s_cbc = new("AES-256-CBC");
    private static readonly Opener s_epochs = new("AES-256-GCM", epochs: true);

    private static readonly Dictionary<string, (byte[] Seed, Action<byte[]> Read)> s_targets = new()
    {
        ["control packet"] = (Hex("4011121314151617180100000000010203040506070800000000000100020001"), ReadControl),
        ["ack"] = (Hex("28010203040506070801000000001112131415161718"), ReadControl),
        ["client key block"] = (ClientBlock(), static b => KeyMethod2.Read(b, fromClient: true, out _)),
        ["server key block"] = (ClientBlock()[..150], static b => KeyMethod2.Read(b, fromClient: false, out _)),
        ["peer info"] = ("IV_VER=2.6.14\nIV_PROTO=990\nIV_CIPHERS=AES-256-GCM:AES-128-GCM\nUV_X=1\n"u8.ToArray(), ReadPeerInfo),
        ["control text"] = ("PUSH_REPLY,route 10.0.0.0 255.0.0.0,auth-token x,push-continuation 2\0EXIT\0"u8.ToArray(), ReadTexts),
        ["temporary failure"] = ("AUTH_FAILED,TEMP[backoff 3,advance no]:busy\0"u8.ToArray(), ReadTexts),
        ["challenge"] = ("AUTH_FAILED,CRV1:R,E:state:YWxpY2U=:Enter: code\0"u8.ToArray(), ReadTexts),
        ["early negotiation"] = (Hex("00070003aabbcc000100020001"), static b => EarlyNegotiation.AsksForWrappedKey(b)),
        ["wrapped key"] = (new byte[400], ReadWrappedKey),
        ["lzo"] = (Hex("054f70656e56504e202e1c000e4c5a4f2074657374207061636b65742c203240000a2074657374207061636b657421110000"), ReadLzo),
        ["swap framing"] = (Hex("fb0102030405"), static b => CompressionFrames.TryRemove(CompressionFraming.Swap, b, [], out _)),
        ["v2 framing"] = (Hex("50000102030405"), static b => CompressionFrames.TryRemove(CompressionFraming.StubV2, b, [], out _)),
        ["gcm packet"] = (Hex("4800000500000001ec453d1dbd9f22d610a3a7300856dd03e1d3004e0fa812021253797dec29cf6b"), s_gcm.Read),
        ["cbc packet"] = (Hex("48000005b84c32c937c64f673c8003805fa495dabc5153aecf7a6e46eb904aacd5326a15a0a1a2a3a4a5a6a7a8a9aaabacadaeaf" +
            "98262f76f5ad4da84db700f640fde13e012c410cf1a43df88708c5523f7afd9f"), s_cbc.Read),
        ["epoch packet"] = (Hex("480000050001000000000001c2fe07b4542687fb92a265089da510f7f4079376ee42dfc6f9fce729f1e3dbbf"), s_epochs.Read),
        ["key file"] = (System.Text.Encoding.ASCII.GetBytes(LabKey), static b => StaticKey.TryParse(b, out _)),
    };

    [Theory]
    [MemberData(nameof(Targets))]
    public void Reader_TruncatedAtEveryLength_DoesNotThrow(string target)
    {
        (byte[] seed, Action<byte[]> read) = s_targets[target];
        for (int length = 0; length <= seed.Length; length++)
            read(seed[..length]);
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void Reader_EveryBitFlipped_DoesNotThrow(string target)
    {
        (byte[] seed, Action<byte[]> read) = s_targets[target];
        for (int bit = 0; bit < seed.Length * 8; bit++)
        {
            byte[] bytes = [.. seed];
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            read(bytes);
        }
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void Reader_Mutated_DoesNotThrow(string target)
    {
        (byte[] seed, Action<byte[]> read) = s_targets[target];
        Mutator mutator = new(seed, 20261122);
        for (int i = 0; i < s_mutations; i++)
            read(mutator.Next());
    }

    [Theory]
    [InlineData("gcm packet")]
    [InlineData("epoch packet")]
    public void DataPacket_AnyBitFlipped_IsNotAuthentic(string target)
    {
        (byte[] seed, _) = s_targets[target];
        using StaticKey key = CountingKey;
        DataFormat format = new() { Cipher = DataCipher.Find("AES-256-GCM")!, PeerId = 5, HasEpochs = target == "epoch packet" };
        using DataOpener opener = format.CreateOpener(BaseCrypto.Instance, key, isServer: true, 0);
        for (int bit = 0; bit < seed.Length * 8; bit++)
        {
            byte[] bytes = [.. seed];
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotEqual(DropReason.None, opener.TryOpen(bytes, 0, out _));
        }
        Assert.Equal(DropReason.None, opener.TryOpen([.. seed], 0, out _));
    }

    [Theory]
    [InlineData("tls-auth")]
    [InlineData("tls-crypt")]
    public void WrappedPacket_AnyBitFlippedOrCut_IsRefused(string kind)
    {
        using StaticKey key = CountingKey;
        using ControlWrap client = kind == "tls-auth"
            ? new TlsAuthWrap(BaseCrypto.Instance, key, KeyDirection.Inverse, DigestAlgorithm.Sha512)
            : new TlsCryptWrap(BaseCrypto.Instance, key, isServer: false);
        using ControlWrap server = kind == "tls-auth"
            ? new TlsAuthWrap(BaseCrypto.Instance, key, KeyDirection.Normal, DigestAlgorithm.Sha512)
            : new TlsCryptWrap(BaseCrypto.Instance, key, isServer: true);
        byte[] packet = Hex(Wrap(client, 1, Time, Opcode.HardResetClientV2, ClientSid, [], 0));
        for (int bit = 0; bit < packet.Length * 8; bit++)
        {
            byte[] bytes = [.. packet];
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotEqual(DropReason.None, server.Unwrap(bytes, new ControlReplay(), 0, out _, out _));
        }
        for (int length = 0; length < packet.Length; length++)
            Assert.NotEqual(DropReason.None, server.Unwrap(packet.AsSpan(0, length).ToArray(), new ControlReplay(), 0, out _, out _));
        ControlReplay replay = new();
        Assert.Equal(DropReason.None, server.Unwrap([.. packet], replay, 0, out _, out _));
        Assert.Equal(DropReason.Replayed, server.Unwrap([.. packet], replay, 0, out _, out _));
    }

    private static byte[] ClientBlock()
    {
        byte[] block = new byte[400];
        KeyMethod2 fields = new()
        {
            PreMaster = new byte[48],
            Random1 = new byte[32],
            Random2 = new byte[32],
            Options = "V4,dev-type tun"u8,
            Username = "alice"u8,
            Password = "secret"u8,
            PeerInfo = "IV_PROTO=990\n"u8,
        };
        return block[..fields.Write(block)];
    }

    private static void ReadControl(byte[] bytes)
    {
        if (PacketHead.TryReadControl(bytes, out PacketHead head, out _) &&
            ControlBody.TryRead(head.Opcode, bytes.AsSpan(PacketHead.ControlSize), out ControlBody body))
            Assert.InRange(body.AckCount, 0, ControlBody.MaximumAcks);
    }

    private static void ReadPeerInfo(byte[] bytes)
    {
        PeerInfo info = PeerInfo.Parse(bytes);
        Assert.InRange(info.Entries.Count, 0, PeerInfo.MaximumEntries);
        Assert.DoesNotContain(info.Entries, e => e.Value.Any(char.IsControl));
        _ = info.Features;
        _ = info.Ciphers;
    }

    private static void ReadTexts(byte[] bytes)
    {
        ControlMessageBuffer buffer = new();
        buffer.Append(bytes);
        PushReply push = new();
        while (buffer.TryRead(out Span<byte> text))
        {
            if (!ControlMessage.TryParse(text, out ControlMessage message))
                continue;
            Assert.DoesNotContain(message.Text, char.IsControl);
            if (message.Kind == ControlMessageKind.AuthFailed)
                AuthFailure.Parse(message.Argument);
            push.Append(message.Argument);
            _ = message.ForLog();
        }
    }

    private static void ReadWrappedKey(byte[] bytes)
    {
        if (TlsCryptV2ServerKey.TrySplit(bytes, out Span<byte> inner, out ReadOnlySpan<byte> key))
            Assert.Equal(bytes.Length, inner.Length + key.Length);
    }

    private static void ReadLzo(byte[] bytes)
    {
        Span<byte> output = stackalloc byte[128];
        Assert.InRange(Lzo1x.Decompress(bytes, output), -1, output.Length);
    }

    private sealed class Opener(string cipher, bool epochs = false)
    {
        private readonly DataOpener _opener = new DataFormat
        {
            Cipher = DataCipher.Find(cipher)!,
            Auth = DigestAlgorithm.Sha256,
            PeerId = 5,
            HasEpochs = epochs,
        }.CreateOpener(CryptoProviders.OpenSsl, CountingKey, isServer: true, 0);    // the base library's throw inside themselves, which is slow

        internal void Read(byte[] bytes)
        {
            // Tests of one class run one after the other: the opener has one owner.
            _opener.TryOpen(bytes, 0, out _);
        }
    }
}
