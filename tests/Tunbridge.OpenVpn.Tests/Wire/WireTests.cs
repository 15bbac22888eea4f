// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Control;
using Tunbridge.OpenVpn.Tests.Support;
using Tunbridge.OpenVpn.Wire;
using static Tunbridge.OpenVpn.Tests.Support.Vectors;

namespace Tunbridge.OpenVpn.Tests.Wire;

/// <summary>The formats above the packet: framing, key blocks, peer info, options text, control texts, framing bytes.</summary>
public sealed class WireTests
{
    [Fact]
    public void KeyBlock_RoundTrip_KeepsEveryField()
    {
        byte[] room = new byte[512];
        room.AsSpan().Fill(0xa5);
        byte[] secrets = [.. Enumerable.Range(0, 112).Select(i => (byte)i)];
        KeyMethod2 sent = new()
        {
            PreMaster = secrets.AsSpan(0, 48),
            Random1 = secrets.AsSpan(48, 32),
            Random2 = secrets.AsSpan(80, 32),
            Options = "V4,dev-type tun"u8,
            Username = "alice"u8,
            PeerInfo = "IV_PROTO=990\n"u8,
        };
        int length = sent.Write(room);
        Assert.Equal(0xa5, room[length]);
        Assert.Equal(KeyMethod2Status.Whole, KeyMethod2.Read(room.AsSpan(0, length), fromClient: true, out KeyMethod2 block));
        Assert.Equal(Hex(secrets), Hex(block.PreMaster) + Hex(block.Random1) + Hex(block.Random2));
        Assert.True(block.Options.SequenceEqual("V4,dev-type tun"u8));
        Assert.True(block.Username.SequenceEqual("alice"u8));
        Assert.True(block.Password.IsEmpty);
        Assert.True(block.PeerInfo.SequenceEqual("IV_PROTO=990\n"u8));
        Assert.Equal(-1, sent.Write(room.AsSpan(0, length - 1)));
    }

    [Theory]
    [InlineData("", "Whole")]            // a server of version 2.3 stops after its options
    [InlineData("00000000", "Whole")]
    [InlineData("000100000100000100", "Whole")]
    [InlineData("00", "NeedsMore")]
    [InlineData("000561", "NeedsMore")]
    [InlineData("ffff61", "Wrong")]
    public void KeyBlock_EndsAnyWay_IsTakenOrWaitedFor(string rest, string expected)
    {
        byte[] block = [0, 0, 0, 0, 2, .. new byte[64], 0, 3, (byte)'V', (byte)'4', 0, .. Hex(rest)];
        Assert.Equal(expected, KeyMethod2.Read(block, fromClient: false, out KeyMethod2 read).ToString());
        Assert.True(read.Options.SequenceEqual("V4"u8));
    }

    [Fact]
    public void KeyBlock_OtherMethod_IsWrong() =>
        Assert.Equal(KeyMethod2Status.Wrong, KeyMethod2.Read([0, 0, 0, 0, 1], fromClient: true, out _));

    [Fact]
    public void PeerInfo_OfTheOfficialClient_IsUnderstood()
    {
        PeerInfo info = PeerInfo.Parse(
            "IV_VER=2.6.14\nIV_PLAT=linux\nIV_TCPNL=1\nIV_MTU=1600\nIV_NCP=2\nIV_CIPHERS=AES-256-GCM:AES-128-GCM:CHACHA20-POLY1305\nIV_PROTO=990\n"u8);
        Assert.Equal(["AES-256-GCM", "AES-128-GCM", "CHACHA20-POLY1305"], info.Ciphers!);
        Assert.Equal(1600, info.Mtu);
        Assert.Equal(ProtocolFeatures.DataV2 | ProtocolFeatures.RequestsPush | ProtocolFeatures.KeyExport | ProtocolFeatures.AuthPending |
            ProtocolFeatures.Dns | ProtocolFeatures.ControlExit | ProtocolFeatures.TemporaryFailure | ProtocolFeatures.DynamicTlsCrypt, info.Features);
    }

    [Fact]
    public void PeerInfo_ForScripts_IsAsTheOfficialServerTellsIt()
    {
        PeerInfo info = PeerInfo.Parse("IV_COMP_STUBv2=1\nIV_SSL=OpenSSL 3.0.19 27 Jan 2026\nUV_X=a;b<c>d e$f|g`h(i)j%k\n"u8);
        Assert.Equal(["IV_COMP_STUBv2=1", "IV_SSL=OpenSSL_3.0.19_27_Jan_2026", "UV_X=a;b<c>d_e_f|g_h_i)j%k"],
            info.Entries.Select(e => $"{e.Key}={e.Value}"));
    }

    [Fact]
    public void PeerInfo_OddLines_AreLeftOut()
    {
        PeerInfo info = PeerInfo.Parse("PATH=/tmp\nIV_=x\niv_ver=1\nUV_A=b\u0007c\nIV_NCP=2\nUV_OK=fine\nIV_PROTO=-1\nLD_PRELOAD=x"u8);
        Assert.Equal(["IV_NCP", "UV_OK", "IV_PROTO"], info.Entries.Select(e => e.Key));
        Assert.Equal(["AES-256-GCM", "AES-128-GCM"], info.Ciphers!);
        Assert.Equal(ProtocolFeatures.None, info.Features);
    }

    [Fact]
    public void ConsistencyText_LikeTheOfficialProgram_HasItsWords()
    {
        ConsistencyText text = new();
        Assert.Equal("V4,dev-type tun,link-mtu 1541,tun-mtu 1500,proto UDPv4,auth SHA1,keysize 128,key-method 2,tls-client", text.ToString());
        Assert.Equal("V4,dev-type tun,link-mtu 1541,tun-mtu 1500,proto UDPv4,keydir 1,auth SHA1,keysize 128,tls-auth,key-method 2,tls-client",
            (text with { KeyDirection = 1, HasTlsAuth = true }).ToString());
        Assert.Equal("V4,dev-type tun,link-mtu 1553,tun-mtu 1500,proto UDPv4,auth SHA256,keysize 128,key-method 2,tls-server",
            (text with { Auth = "SHA256", AuthSize = 32, IsServer = true }).ToString());
        Assert.Equal("V4,dev-type tun,link-mtu 1542,tun-mtu 1500,proto UDPv4,comp-lzo,auth SHA1,keysize 128,key-method 2,tls-client",
            (text with { HasCompression = true }).ToString());
        Assert.Equal("AES-256-CBC", ConsistencyText.CipherOf("V4,dev-type tun,cipher AES-256-CBC,auth SHA1"));
        Assert.Null(ConsistencyText.CipherOf(text.ToString()));
    }

    [Fact]
    public void ConsistencyText_Compared_WarnsInTheKnownWords()
    {
        string ours = new ConsistencyText().ToString();
        Assert.Empty(ConsistencyText.Compare(ours, ours));
        Assert.Empty(ConsistencyText.Compare(ours, ""));
        Assert.Equal(["WARNING: 'link-mtu' is used inconsistently, local='link-mtu 1541', remote='link-mtu 1542'",
                "WARNING: 'comp-lzo' is present in remote config but missing in local config, remote='comp-lzo'"],
            ConsistencyText.Compare(ours, new ConsistencyText { HasCompression = true }.ToString()));
        Assert.Equal(["WARNING: 'keysize' is present in local config but missing in remote config, local='keysize 128'"],
            ConsistencyText.Compare(ours, ours.Replace(",keysize 128", "", StringComparison.Ordinal)));
    }

    [Fact]
    public void ControlTexts_CutAnywhere_AreTheSameMessages()
    {
        byte[] bytes = "PUSH_REQUEST\0\0AUTH_FAILED,bad\r\n\0INFO_PRE,a,b\0"u8.ToArray();
        for (int cut = 0; cut <= bytes.Length; cut++)
        {
            ControlMessageBuffer buffer = new();
            List<(ControlMessageKind, string)> messages = [];
            foreach (byte[] part in (byte[][])[bytes[..cut], bytes[cut..]])
            {
                buffer.Append(part);
                while (buffer.TryRead(out Span<byte> text))
                {
                    Assert.True(ControlMessage.TryParse(text, out ControlMessage message));
                    messages.Add((message.Kind, message.Argument));
                }
            }
            Assert.Equal([(ControlMessageKind.PushRequest, ""), (ControlMessageKind.AuthFailed, "bad"), (ControlMessageKind.InfoPre, "a,b")], messages);
        }
    }

    [Fact]
    public void ControlText_WithControlCharactersOrTooLong_IsRefused()
    {
        Assert.False(ControlMessage.TryParse("AUTH_FAILED,\u001b[2J"u8, out _));
        Assert.False(ControlMessage.TryParse("INFO,a\nb"u8, out _));
        Assert.False(ControlMessage.TryParse([(byte)'H', 0xff, 0xfe], out _));
        ControlMessageBuffer buffer = new();
        for (int i = 0; i < 20 && !buffer.IsBroken; i++)
            buffer.Append(new byte[1024].Select(_ => (byte)'a').ToArray());
        Assert.True(buffer.IsBroken);
    }

    [Fact]
    public void ControlText_ForTheLog_HasNoToken()
    {
        Assert.True(ControlMessage.TryParse("PUSH_REPLY,route 10.0.0.0,auth-token SESS_ID_AT_secret,echo hidden"u8, out ControlMessage message));
        Assert.DoesNotContain("secret", message.ForLog(), StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", message.ForLog(), StringComparison.Ordinal);
        Assert.Contains("route 10.0.0.0", message.ForLog(), StringComparison.Ordinal);
    }

    [Fact]
    public void PushReply_FiveHundredRoutes_ComeBackInOrder()
    {
        string[] routes = [.. Enumerable.Range(0, 500).Select(i => $"route 10.{i / 256}.{i % 256}.0 255.255.255.0")];
        IReadOnlyList<string> messages = PushReply.Build(routes);
        Assert.True(messages.Count > 10);
        Assert.All(messages, m => Assert.InRange(m.Length, 1, 1000));
        PushReply reply = new();
        for (int i = 0; i < messages.Count; i++)
        {
            Assert.True(ControlMessage.TryParse(System.Text.Encoding.UTF8.GetBytes(messages[i]), out ControlMessage message));
            Assert.Equal(i == messages.Count - 1, reply.Append(message.Argument));
        }
        Assert.Equal(routes, reply.Options);
    }

    [Fact]
    public void PushReply_Short_IsOneMessageWithoutMark() =>
        Assert.Equal(["PUSH_REPLY,ping 10,peer-id 0"], PushReply.Build(["ping 10", "peer-id 0"]));

    [Theory]
    [InlineData("", "Refused", "", null)]
    [InlineData("no shared cipher", "Refused", "no shared cipher", null)]
    [InlineData("SESSION: token expired", "SessionExpired", "token expired", null)]
    [InlineData("TEMP", "Temporary", "", null)]
    [InlineData("TEMP:busy", "Temporary", "busy", null)]
    [InlineData("TEMP[backoff 3,advance no]:busy", "Temporary", "busy", 3)]
    [InlineData("TEMPORARY", "Refused", "TEMPORARY", null)]
    [InlineData("CRV1:R,E:st:YWxpY2U=:Code: now", "Challenge", "Code: now", null)]
    public void AuthFailure_EachForm_IsUnderstood(string argument, string kind, string reason, int? backoff)
    {
        AuthFailure failure = AuthFailure.Parse(argument);
        Assert.Equal((kind, reason, backoff), (failure.Kind.ToString(), failure.Reason, (int?)failure.Backoff?.TotalSeconds));
        if (failure.Kind == AuthFailureKind.Challenge)
            Assert.Equal(("st", "alice", true), (failure.ChallengeState, failure.ChallengeUser, failure.ChallengeEchoes));
    }

    [Theory]
    [InlineData("Lzo", "4500", "fa4500")]
    [InlineData("Swap", "450011", "fb001145")]
    [InlineData("StubV2", "4500", "4500")]
    [InlineData("StubV2", "5011", "50005011")]
    [InlineData("None", "5011", "5011")]
    public void Framing_AppliedAndRemoved_IsTheSame(string framing, string payload, string framed)
    {
        CompressionFraming kind = Enum.Parse<CompressionFraming>(framing);
        byte[] buffer = new byte[(payload.Length / 2) + CompressionFrames.MaximumOverhead(kind)];
        buffer.AsSpan().Fill(0xa5);
        int length = CompressionFrames.Write(kind, Hex(payload), buffer);
        Assert.Equal(framed, Hex(buffer.AsSpan(0, length)));
        Assert.True(CompressionFrames.TryRemove(kind, buffer.AsSpan(0, length), [], out Span<byte> back));
        Assert.Equal(payload, Hex(back));
    }

    [Fact]
    public void Framing_EscapeOfTheReference_IsTaken()
    {
        Assert.True(CompressionFrames.TryRemove(CompressionFraming.StubV2, Hex("500a5011"), [], out Span<byte> payload));
        Assert.Equal("5011", Hex(payload));
        Assert.False(CompressionFrames.TryRemove(CompressionFraming.StubV2, Hex("50015011"), [], out _));
        Assert.False(CompressionFrames.TryRemove(CompressionFraming.Lzo, Hex("454500"), [], out _));
    }

    [Fact]
    public void StaticKey_HalfAndDamagedFiles_AreTakenOrRefused()
    {
        string half = "-----BEGIN OpenVPN Static key V1-----\n" + new string('a', 256) + "\n-----END OpenVPN Static key V1-----";
        Assert.True(StaticKey.TryParse(Ascii(half), out StaticKey? key));
        Assert.Equal(Hex(key!.SendCipher(KeyDirection.Normal)), Hex(key.ReceiveCipher(KeyDirection.Normal)));
        key.Dispose();
        Assert.False(StaticKey.TryParse(Ascii(half.Replace("aaaa\n", "aaa\n", StringComparison.Ordinal)), out _));
        Assert.False(StaticKey.TryParse(Ascii(half.Replace("aaaa\n", "aaag\n", StringComparison.Ordinal)), out _));
        Assert.False(StaticKey.TryParse(Ascii(half.Replace("END", "end", StringComparison.Ordinal)), out _));

        static byte[] Ascii(string text) => System.Text.Encoding.ASCII.GetBytes(text);
    }

    [Fact]
    public void Cookie_RightAddressTimeAndClient_OnlyThenCounts()
    {
        using HandshakeCookie cookies = new(BaseCrypto.Instance, [1, 2, 3], TimeSpan.FromSeconds(60));
        byte[] address = [192, 0, 2, 1, 4, 170];
        ulong cookie = cookies.Make(1_000_000, address, ClientSid);
        Assert.True(cookies.IsValid(cookie, 1_000_000, address, ClientSid));
        Assert.True(cookies.IsValid(cookie, 1_060_000, address, ClientSid));
        Assert.False(cookies.IsValid(cookie, 1_130_000, address, ClientSid));
        Assert.False(cookies.IsValid(cookie, 900_000, address, ClientSid));
        Assert.False(cookies.IsValid(cookie, 1_000_000, [192, 0, 2, 1, 4, 171], ClientSid));
        Assert.False(cookies.IsValid(cookie, 1_000_000, address, ClientSid + 1));
        for (int bit = 0; bit < 64; bit++)
            Assert.False(cookies.IsValid(cookie ^ (1ul << bit), 1_000_000, address, ClientSid));
    }
}
