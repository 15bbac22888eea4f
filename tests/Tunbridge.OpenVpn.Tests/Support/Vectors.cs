// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Wire;
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Tests.Support;

/// <summary>Inputs that many vectors share.</summary>
internal static class Vectors
{
    internal const ulong ClientSid = 0x0102030405060708;
    internal const ulong ServerSid = 0x1112131415161718;
    internal const long Time = 0x65000000;

    /// <summary>The key file that the captured tls-auth and tls-crypt packets were made with: thrown away, public.</summary>
    internal const string LabKey =
        """
        #
        # 2048 bit OpenVPN static key
        #
        -----BEGIN OpenVPN Static key V1-----
        9914826cd7ab0eaded25cf1ce3ccb57e
        2d0c15470b150e1e8d40ad095d26c29a
        497a75ba4d7f2a325c9a44eab0176995
        361dfe3466db0a81a6059529512cd3d5
        888f2c00b5ff04ea0b9f602a840780b0
        c3db904ba4b0ba4d16330d76b81a640c
        241cc7bc43186e871edd916940695dbb
        f66e37e74d0de7e433dcfb53cfd4361e
        b1e4e3cb9a5dda5f140373a163d0bd0b
        b27554d6e5018c3462fe9a3ac1ac4b97
        a3572cda1cb811dd29f07a59111d9f16
        e3eedc4fd1337b42643359385cba7967
        4890a379f79ed04f736f3930cef9af48
        0b7b19c0527f67cdd5069c8da44e2f43
        116e1f0ec159793c9824c6817ca5a703
        8a0f23c8269acb382a5d4a5e0ae7f085
        -----END OpenVPN Static key V1-----
        """;

    /// <summary>A server's key of the lab, thrown away since, and a client's key that the official program made with it.</summary>
    internal const string LabServerKey =
        """
        -----BEGIN OpenVPN tls-crypt-v2 server key-----
        Rzf9bEypqfQZjK8Va7kw6u1IfHe8+fJDen4f1lESQsZfnOpU1inzajlTxcLRepVC
        W7xugPewRsT7J/JSk+Ojs2Bv6s823S9JQlMESa7JQMqNB4U+GhZYnLMuNmPxvvm/
        Wm/sQYgly1BhSKoiKyV87CZTbEPwvo7K8KKHKEveI/M=
        -----END OpenVPN tls-crypt-v2 server key-----
        """;

    internal const string LabClientKey =
        """
        -----BEGIN OpenVPN tls-crypt-v2 client key-----
        773fAd+jbJ8YMrIuCuYVE9TSAyR0SMcEG+pDSU9RL8CK1OvofP4/yEGq6aTe9PZ/
        rZsnrPyxNXVUuWMzlolwp6I5Xl+JNJcSGbXQqX0TTwuZgglv2IwD0Taboqjraclw
        vhIbtp2x+/IJOAWUkGJZBHewErEtCHvj4M9diuh9hlrDmXQyQKK632iReAdGhVXr
        RoRFRu2ASNmT6HoGBD4aofpRuckBIGcoUC0qrWy8SkZD85AK8yXQnEZYK4UhIYAj
        /hrqzhSEudsAqGVOETmwXLM5nfcTZlftYmvjLrLYbK3/uSx8JM2dlJRIBBorTDFZ
        piK4bIEcgsSvrySTVFkYdiy/R+5GVZaWZcD6kXGNptdUoW2EvrnndH1ZdpBs2QPC
        +HfOlb9Kds1PUTbtbPPwxC3STkhjWNdnPrT8jxXJ/I3MA1WzGW1QPRLfsyIg2o9i
        BpfpqXbw5GvoMhFsNwmpszrzhmG3QghQwvea5Rbq4NTubG3xDHHaFa2UM8v/xHMi
        myt/FdXF0rYjUTfn31pDHbK+1lmtloBR6lLy04hyS71YW96fegziGNxvBUbyrIRR
        j9FtrD65sHjprXBxKhRgs8fh1UNuSrrPH4YpjW5RO//d1wu4ZHWMplIR8Jm0IAn0
        sp9f78a9luTCbPJQlH7dVvKfNnISCBmhDMIuTE9o/0iTuO3ImM4N5BMhU/ejyRaM
        rjM7r7ZE9evNTIjaOX9Ffd18jiJIO1wVGAEr
        -----END OpenVPN tls-crypt-v2 client key-----
        """;

    internal static StaticKey CountingKey => new([.. Enumerable.Range(0, 256).Select(i => (byte)i)]);

    internal static StaticKey Lab => StaticKey.TryParse(System.Text.Encoding.ASCII.GetBytes(LabKey), out StaticKey? key) ? key! : throw new InvalidOperationException();

    internal static byte[] Hex(string text) => Convert.FromHexString(text.Replace(" ", "", StringComparison.Ordinal).ReplaceLineEndings(""));

    internal static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    /// <summary>A control packet, built and wrapped.</summary>
    internal static string Wrap(ControlWrap wrap, uint firstNumber, long time, Opcode opcode, ulong sid, uint[] acks, ulong remote)
    {
        Span<byte> body = stackalloc byte[64];
        int length = ControlBody.Write(body, opcode, acks, remote, 0, default);
        byte[] packet = new byte[200];
        packet.AsSpan().Fill(0xa5);
        ControlPacketId id = new(time, firstNumber - 1);
        return Hex(packet.AsSpan(0, wrap.Wrap(ref id, new PacketHead(opcode, 0), sid, body[..length], packet)));
    }

    /// <summary>The body of a packet, or the reason that it has none.</summary>
    internal static string Unwrap(ControlWrap wrap, string packet)
    {
        DropReason reason = wrap.Unwrap(Hex(packet), new ControlReplay(), 0, out Span<byte> body, out _);
        return reason == DropReason.None ? Hex(body) : reason.ToString();
    }
}
