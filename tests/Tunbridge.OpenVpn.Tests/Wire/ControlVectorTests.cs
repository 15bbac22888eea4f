// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Tests.Support;
using Tunbridge.OpenVpn.Wire;
using Tunbridge.Tunnels;
using static Tunbridge.OpenVpn.Tests.Support.Vectors;

namespace Tunbridge.OpenVpn.Tests.Wire;

/// <summary>
/// Control packets byte by byte. "Captured" rows were sent by the official program (Debian's 2.6.14) and taken with
/// tcpdump; the others were computed by an independent implementation that worked with it in both roles.
/// </summary>
public sealed class ControlVectorTests
{
    private const string ClientReset = "3801020304050607080000000000";
    private const string ServerReset = "4011121314151617180100000000010203040506070800000000";

    [Fact]
    public void Plain_Resets_HaveTheVectorsBytes()
    {
        using PlainWrap wrap = new();
        Assert.Equal(ClientReset, Wrap(wrap, 1, Time, Opcode.HardResetClientV2, ClientSid, [], 0));
        Assert.Equal(ServerReset, Wrap(wrap, 1, Time, Opcode.HardResetServerV2, ServerSid, [0], ClientSid));
        Assert.Equal("28010203040506070801000000001112131415161718",
            Wrap(wrap, 1, Time, Opcode.AckV1, ClientSid, [0], ServerSid));
    }

    [Fact]
    public void Plain_CapturedServerReset_AcknowledgesTheClient()
    {
        byte[] packet = Hex("409e5fb370779dcaa301000000006e79abe5612af9dd00000000");
        Assert.True(PacketHead.TryReadControl(packet, out PacketHead head, out ulong sid));
        Assert.Equal((Opcode.HardResetServerV2, 0, 0x9e5fb370779dcaa3ul), (head.Opcode, head.KeyId, sid));
        Assert.True(ControlBody.TryRead(head.Opcode, packet.AsSpan(9), out ControlBody body));
        Assert.Equal((1, 0u, 0x6e79abe5612af9ddul, 0u, 0),
            (body.AckCount, body.Acks[0], body.RemoteSessionId, body.MessageId, body.Payload.Length));
    }

    [Fact]
    public void Plain_CapturedClientReset_HasOurBytes()
    {
        using PlainWrap wrap = new();
        const string FromClient = "386e79abe5612af9dd0000000000";
        Assert.Equal(FromClient, Wrap(wrap, 1, Time, Opcode.HardResetClientV2, 0x6e79abe5612af9dd, [], 0));
        Assert.Equal("0000000000", Unwrap(wrap, FromClient));
    }

    [Fact]
    public void Plain_CapturedClientHello_IsMessageOne()
    {
        byte[] packet = Hex("206e79abe5612af9dd01000000009e5fb370779dcaa3000000011603010110");
        Assert.True(PacketHead.TryReadControl(packet, out PacketHead head, out _));
        Assert.True(ControlBody.TryRead(head.Opcode, packet.AsSpan(9), out ControlBody body));
        Assert.Equal((Opcode.ControlV1, 1u, "1603010110"), (head.Opcode, body.MessageId, Hex(body.Payload)));
    }

    [Theory]
    [InlineData("Sha1", "Both", "38010203040506070883fe3c468ab30a06c73e615e80ad44f527f758b200000001650000000000000000")]
    [InlineData("Sha1", "Normal", "38010203040506070883fe3c468ab30a06c73e615e80ad44f527f758b200000001650000000000000000")]
    [InlineData("Sha1", "Inverse", "380102030405060708602941d9a95a08dd2d0892de37cd48c0953c774200000001650000000000000000")]
    [InlineData("Sha256", "Inverse",
        "3801020304050607087a8e3ff36fd2511a4d423bcba2d6cda3d982f8d32959f098f4e0d7e5b89aa9f700000001650000000000000000")]
    public void TlsAuth_ClientReset_HasTheVectorsBytes(string digest, string direction, string packet)
    {
        using StaticKey key = CountingKey;
        using TlsAuthWrap wrap = new(BaseCrypto.Instance, key, Enum.Parse<KeyDirection>(direction), Enum.Parse<DigestAlgorithm>(digest));
        Assert.Equal(packet, Wrap(wrap, 1, Time, Opcode.HardResetClientV2, ClientSid, [], 0));
    }

    [Fact]
    public void TlsAuth_CapturedResets_AreAuthentic()
    {
        using StaticKey key = Lab;
        using TlsAuthWrap client = new(BaseCrypto.Instance, key, KeyDirection.Inverse, DigestAlgorithm.Sha1);
        using TlsAuthWrap server = new(BaseCrypto.Instance, key, KeyDirection.Normal, DigestAlgorithm.Sha1);
        const string FromClient = "384629c39d9b500afc6ac204218ff157760f4905e912cb00360f25319a000000016b02c01e0000000000";
        const string FromServer =
            "400b25f097f572bc7b59bc329c0dd9ca56548f613fdc577df0add0ba0f000000016b02c01d01000000004629c39d9b500afc00000000";
        Assert.Equal("0000000000", Unwrap(server, FromClient));
        Assert.Equal("01000000004629c39d9b500afc00000000", Unwrap(client, FromServer));
        Assert.Equal("NotAuthentic", Unwrap(client, FromClient));
        Assert.Equal(FromClient, Wrap(client, 1, 0x6b02c01e, Opcode.HardResetClientV2, 0x4629c39d9b500afc, [], 0));
    }

    [Fact]
    public void TlsCrypt_Resets_HaveTheVectorsBytes()
    {
        using StaticKey key = CountingKey;
        using TlsCryptWrap client = new(BaseCrypto.Instance, key, isServer: false);
        using TlsCryptWrap server = new(BaseCrypto.Instance, key, isServer: true);
        const string FromClient =
            "3801020304050607080000000165000000cfccca8dc0e5aba43f54ed925ae825837d70281fd40c461fdde5ff4c89d0c5bb677280b699";
        const string FromServer = "4011121314151617180000000165000000916c21bc5d66000ca71f818325982ca7144e1e830dfa355ba6a3673" +
            "1fc080406eb9321d5176ad919439633cb4220c3a5bb";
        Assert.Equal(FromClient, Wrap(client, 1, Time, Opcode.HardResetClientV2, ClientSid, [], 0));
        Assert.Equal(FromServer, Wrap(server, 1, Time, Opcode.HardResetServerV2, ServerSid, [0], ClientSid));
        Assert.Equal("0000000000", Unwrap(server, FromClient));
        Assert.Equal("0100000000010203040506070800000000", Unwrap(client, FromServer));
    }

    [Fact]
    public void TlsCrypt_CapturedResets_AreAuthentic()
    {
        using StaticKey key = Lab;
        using TlsCryptWrap client = new(BaseCrypto.Instance, key, isServer: false);
        using TlsCryptWrap server = new(BaseCrypto.Instance, key, isServer: true);
        Assert.Equal("0000000000", Unwrap(server, "38c2ca52944197f290000000016b02bef6cd72b65731e038193ddaa6696cc319ab68a5a840e" +
            "2a36bd187a02fe6d941cb9a4c11c7ad64"));
        Assert.Equal("0100000000c2ca52944197f29000000000", Unwrap(client,
            "4000af877614164d85000000016b02bef6210e954faf9250edfc4d0797b0b100cad8bee9d3e5129b1d34a14e68b06965c2610d47bdb67886a5bf" +
            "605801b7c876a445"));
    }

    [Fact]
    public void TlsCryptV2_WrappedKeyAndReset_HaveTheVectorsBytes()
    {
        using TlsCryptV2ServerKey serverKey = new(BaseCrypto.Instance, [.. Enumerable.Range(0, 128).Select(i => (byte)((7 * i) + 3))]);
        using StaticKey clientKey = new([.. Enumerable.Range(0, 256).Select(i => (byte)((5 * i) + 1))]);
        byte[] wrapped = serverKey.Wrap(clientKey, Hex("010000000065000000"));
        Assert.Equal(299, wrapped.Length);
        Assert.Equal("cb7b3791e82ab9fe088c94c2884ec715635b5406b8af4b5392a76a49f119565ade241c638c982bbfcb508bee44711e9f", Hex(wrapped.AsSpan(0, 48)));
        Assert.Equal("d472c209153b4194eb9ab6f983ee012b", Hex(wrapped.AsSpan(283)));
        byte[] digest = new byte[32];
        BaseCrypto.Instance.Hash(DigestAlgorithm.Sha256, wrapped, digest);
        Assert.Equal("892f92fa0034e2af676d970d399874b643ffcabcbd733f7a204f9525fc2d474a", Hex(digest));

        using TlsCryptWrap client = new(BaseCrypto.Instance, clientKey, isServer: false);
        string packet = Wrap(client, EarlyNegotiation.FirstNumber + 1, Time, Opcode.HardResetClientV3, ClientSid, [], 0);
        Assert.Equal("5001020304050607080f00000165000000853c7cc9e2166b12fe8ad024db6f084927397e3182b328df48548fecea8d2473e43b497db8", packet);

        byte[] whole = [.. Hex(packet), .. wrapped];
        Assert.True(TlsCryptV2ServerKey.TrySplit(whole, out Span<byte> inner, out ReadOnlySpan<byte> found));
        Assert.True(serverKey.TryUnwrap(found, out StaticKey? unwrapped, out byte[] metadata));
        Assert.Equal((Hex(clientKey.Bytes), "010000000065000000"), (Hex(unwrapped!.Bytes), Hex(metadata)));
        using TlsCryptWrap server = new(BaseCrypto.Instance, unwrapped, isServer: true);
        Assert.Equal(DropReason.None, server.Unwrap(inner, new ControlReplay(), 0, out Span<byte> body, out uint number));
        Assert.Equal(("0000000000", true), (Hex(body), EarlyNegotiation.IsUnderstoodBy(number)));
    }

    [Fact]
    public void TlsCryptV2_KeysOfTheOfficialProgram_BelongTogether()
    {
        using TlsCryptV2ServerKey server = TlsCryptV2ServerKey.Parse(BaseCrypto.Instance, System.Text.Encoding.ASCII.GetBytes(LabServerKey))!;
        TlsCryptV2ClientKey client = TlsCryptV2ClientKey.Parse(System.Text.Encoding.ASCII.GetBytes(LabClientKey))!;
        Assert.True(server.TryUnwrap(client.Wrapped, out StaticKey? key, out byte[] metadata));
        Assert.Equal(Hex(client.Key.Bytes), Hex(key!.Bytes));
        Assert.Equal((9, 1), (metadata.Length, metadata[0]));       // a time, as genkey writes it
        // What the official client sends first promises that it can repeat its key.
        byte[] start = Hex("509d7545bae41e83b10f0000016b02c026");
        Assert.True(PacketHead.TryReadControl(start, out PacketHead head, out ulong id));
        Assert.Equal((Opcode.HardResetClientV3, 0x9d7545bae41e83b1ul), (head.Opcode, id));
        Assert.True(EarlyNegotiation.IsUnderstoodBy(0x0f000001));
    }

    [Fact]
    public void TlsCryptV2_KeyChangedAnywhere_IsRefused()
    {
        using TlsCryptV2ServerKey serverKey = new(BaseCrypto.Instance, new byte[128]);
        using StaticKey clientKey = CountingKey;
        byte[] wrapped = serverKey.Wrap(clientKey, [0, 1, 2, 3]);
        for (int bit = 0; bit < wrapped.Length * 8; bit++)
        {
            byte[] changed = [.. wrapped];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(serverKey.TryUnwrap(changed, out _, out _), $"bit {bit}");
        }
        for (int length = 0; length < wrapped.Length; length++)
            Assert.False(serverKey.TryUnwrap(wrapped.AsSpan(0, length), out _, out _));
    }

    [Theory]
    [InlineData("000100020001", true)]
    [InlineData("000100020000", false)]
    [InlineData("00070003aabbcc000100020001", true)]
    [InlineData("00070003aabbcc0001000200", false)]
    [InlineData("0001000100", false)]
    [InlineData("", false)]
    public void EarlyNegotiation_Payload_AsksOrNot(string payload, bool asks) =>
        Assert.Equal(asks, EarlyNegotiation.AsksForWrappedKey(Hex(payload)));

    [Fact]
    public void ServerReset_CapturedWithRequest_AsksForTheWrappedKey()
    {
        // The body that the official server's answer decrypts to, for a client that understands early negotiation.
        Assert.True(ControlBody.TryRead(Opcode.HardResetServerV2, Hex("01000000005efa26c9fd6f6c1900000000000100020001"), out ControlBody body));
        Assert.True(EarlyNegotiation.AsksForWrappedKey(body.Payload));
        Assert.Equal("000100020001", Hex(EarlyNegotiation.Request));
        Assert.True(ControlBody.TryRead(Opcode.HardResetServerV2, Hex("0100000000a74e40eeca460d2400000000"), out body));
        Assert.False(EarlyNegotiation.AsksForWrappedKey(body.Payload));
    }
}
