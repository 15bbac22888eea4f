// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Tunbridge.Crypto;
using Tunbridge.OpenVpn.Control;
using Tunbridge.OpenVpn.Data;
using Tunbridge.OpenVpn.Tests.Support;
using Tunbridge.OpenVpn.Wire;
using Tunbridge.Testing;
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Tests.Interop;

/// <summary>
/// The official client against a server of ours that has one socket, one client and no card.
/// <code>
/// openvpn (tun) ── UDP 127.0.0.1:1194 ── Listener, then Session
/// </code>
/// </summary>
public sealed class ServerInteropTests
{
    [Theory]
    [InlineData("None", "AES-256-GCM", "SHA1", true)]
    [InlineData("TlsAuth", "AES-256-CBC", "SHA512", true)]
    [InlineData("TlsCrypt", "CHACHA20-POLY1305", "SHA1", false)]
    [InlineData("TlsCryptV2", "AES-128-GCM", "SHA1", true)]
    public void Server_WithTheOfficialClient_ConnectsPingsAndRenegotiates(string wrap, string cipher, string auth, bool export)
    {
        RealTool.Require("openvpn");
        using TestNamespace space = new();
        (string serverLines, string clientKey) = ClientInteropTests.Wrap(wrap);
        using Socket socket = space.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 1194));
        TestCertificates certificates = TestCertificates.Shared;
        using ITlsContext tls = new OpenSslTlsProvider().CreateContext(new TlsSettings
        {
            Role = TlsRole.Server,
            Authorities = Encoding.ASCII.GetBytes(certificates.Authority),
            Certificate = Encoding.ASCII.GetBytes(certificates.ServerCertificate),
            PrivateKey = Encoding.ASCII.GetBytes(certificates.ServerKey),
        });
        using Listener listener = new(new SessionSettings
        {
            Wrap = Enum.Parse<ControlWrapKind>(wrap),
            WrapKey = System.Text.Encoding.ASCII.GetBytes(wrap == "TlsCryptV2" ? serverLines : clientKey),
            WrapKeyDirection = 0,
            Auth = Enum.Parse<DigestAlgorithm>(auth, ignoreCase: true),
            DataCiphers = [cipher],
            AllowKeyExport = export,
            RenegotiateAfter = TimeSpan.FromSeconds(4),
            Ping = TimeSpan.FromSeconds(1),
        }, CryptoProviders.Best, tls, CryptoProviders.OpenSsl);
        using RealOpenVpn client = new(space, ClientConfiguration(cipher, auth, wrap, clientKey));

        List<SessionEvent> events = [];
        int pings = 0;
        int packets = 0;
        int answers = 0;
        Session? session = null;
        EndPoint peer = new IPEndPoint(IPAddress.Any, 0);
        byte[] room = new byte[4096];
        byte[] reply = new byte[2048];
        DateTimeOffset start = DateTimeOffset.UtcNow;
        Stopwatch elapsed = Stopwatch.StartNew();
        bool isDone = false;
        while (!isDone && elapsed.Elapsed < TimeSpan.FromSeconds(60))
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            if (socket.Poll(TimeSpan.FromMilliseconds(50), SelectMode.SelectRead))
            {
                int count = socket.ReceiveFrom(room, ref peer);
                Span<byte> datagram = room.AsSpan(0, count);
                Assert.True(PacketHead.TryRead(datagram, out PacketHead head));
                if (head.IsData && session is not null)
                {
                    DropReason reason = session.Keys.TryOpen(datagram, Milliseconds(), out Span<byte> payload, out _);
                    Assert.True(reason == DropReason.None, $"{reason}\n{client.Log}");
                    (pings, packets) = payload.IsEmpty ? (pings + 1, packets) : (pings, packets + 1);
                }
                else if (session is not null)
                {
                    session.HandleDatagram(Now(), datagram);
                }
                else
                {
                    listener.HandleDatagram(Now(), Address((IPEndPoint)peer), datagram, reply, out int length, out session);
                    if (length > 0 && ++answers > 0)
                        socket.SendTo(reply.AsSpan(0, length), peer);
                }
            }
            session?.HandleTimeout(Now());
            while (session is not null && session.TryPollEvent(out SessionEvent? happened))
            {
                events.Add(happened);
                if (happened is AuthenticationRequested request)
                {
                    Assert.Equal("client1", request.Certificates[0].CommonName);
                    request.Password.Dispose();
                    session.Accept(Now(), request.KeyId, request.KeyId > 0 ? [] :
                        ["route-gateway 10.8.0.1", "topology subnet", "ping 1", "ping-restart 30", "ifconfig 10.8.0.2 255.255.255.0"], 3);
                }
            }
            while (session is not null && session.TryPollTransmit(Now(), reply, out int size))
                socket.SendTo(reply.AsSpan(0, size), peer);
            isDone = pings > 0 && client.HasSaid("Initialization Sequence Completed") &&
                events.OfType<SessionRekeyed>().Count() >= 2 && session!.Keys.Sealer!.KeyId >= 1;
        }
        session?.Dispose();
        Assert.True(isDone, $"pings {pings}, packets {packets}\n{Link.Describe(events)}\n{client.Log}");
        Assert.True(answers >= 1, "the first answer is made without a session");
        Assert.True(client.HasSaid($"cipher '{cipher}'"), client.Log);

        DateTimeOffset Now() => start + elapsed.Elapsed;
        long Milliseconds() => Now().ToUnixTimeMilliseconds();
    }

    private static PeerAddress Address(IPEndPoint from)
    {
        byte[] bytes = from.Address.MapToIPv6().GetAddressBytes();
        return new() { Address = System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes), Port = (ushort)from.Port };
    }

    private static string ClientConfiguration(string cipher, string auth, string wrap, string key) =>
        $"""
        client
        dev tun
        proto udp4
        remote 127.0.0.1 1194
        nobind
        remote-cert-tls server
        data-ciphers {cipher}
        auth {auth}
        <ca>
        {TestCertificates.Shared.Authority}
        </ca>
        <cert>
        {TestCertificates.Shared.ClientCertificate}
        </cert>
        <key>
        {TestCertificates.Shared.ClientKey}
        </key>
        {(wrap switch
        {
            "TlsAuth" => $"key-direction 1\n<tls-auth>\n{key}\n</tls-auth>",
            "TlsCrypt" => $"<tls-crypt>\n{key}\n</tls-crypt>",
            "TlsCryptV2" => $"<tls-crypt-v2>\n{key}\n</tls-crypt-v2>",
            _ => "",
        })}

        """;
}
