// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Control;
using Tunbridge.OpenVpn.Tests.Support;
using Tunbridge.Packets;
using Tunbridge.Testing;
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Tests.Interop;

/// <summary>
/// Our client against the official server, both in one namespace: the server's card answers ICMP, our side has no card.
/// <code>
/// ClientShell ── UDP 127.0.0.1:1194 ── openvpn ── tun (10.8.0.1)
/// </code>
/// </summary>
public sealed class ClientInteropTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, string, bool> Kinds => new()
    {
        { "None", "AES-256-GCM", "SHA1", true },
        { "None", "CHACHA20-POLY1305", "SHA1", false },
        { "TlsAuth", "AES-128-GCM", "SHA1", true },
        { "TlsAuth", "AES-256-CBC", "SHA512", false },
        { "TlsAuth", "AES-256-CBC", "SHA256", true },
        { "TlsCrypt", "AES-256-GCM", "SHA256", true },
        { "TlsCrypt", "AES-128-CBC", "SHA1", false },
        { "TlsCryptV2", "AES-256-GCM", "SHA1", true },
        { "TlsCryptV2", "AES-192-GCM", "SHA1", false },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Client_AgainstTheOfficialServer_ConnectsPingsRenegotiatesAndLeaves(string wrap, string cipher, string auth, bool export)
    {
        RealTool.Require("openvpn");
        using TestNamespace space = new();
        (string serverLines, string clientKey) = Wrap(wrap);
        using RealOpenVpn server = new(space, ServerConfiguration(cipher, auth) + serverLines);
        server.WaitUntilBound();
        using ClientShell client = new(space, new SessionSettings
        {
            Wrap = Enum.Parse<ControlWrapKind>(wrap),
            WrapKey = System.Text.Encoding.ASCII.GetBytes(clientKey),
            WrapKeyDirection = 1,
            Auth = Enum.Parse<DigestAlgorithm>(auth, ignoreCase: true),
            DataCiphers = [cipher],
            AllowKeyExport = export,
            RenegotiateAfter = TimeSpan.Zero,
        }, 1194);

        Run(client, server, () => client.Session.IsConnected, "connected");
        Run(client, server, () => client.Pings >= 1, "the server's ping opened");
        Ping(client, server);
        for (byte key = 1; key <= 2; key++)
        {
            byte expected = key;
            client.Renegotiate();
            Run(client, server, () => client.Events.OfType<SessionRekeyed>().Any(e => e.KeyId == expected), $"key {key}");
            Run(client, server, () => client.Session.Keys.Sealer!.KeyId == expected, $"sending with key {key}");
            Ping(client, server);
        }
        Assert.Empty(client.Drops);
        client.Leave();
        Run(client, server, () => server.HasSaid("exit message received by peer"), "the server heard that we left");
    }

    [Fact]
    public void Client_WhenTheOfficialServerRenegotiates_FollowsPastKeySevenToOne()
    {
        RealTool.Require("openvpn");
        using TestNamespace space = new();
        (string lines, string key) = Wrap("TlsCrypt");
        using RealOpenVpn server = new(space, ServerConfiguration("AES-256-GCM", "SHA1") + lines + "reneg-sec 3 3\n");
        server.WaitUntilBound();
        using ClientShell client = new(space, new SessionSettings
        {
            Wrap = ControlWrapKind.TlsCrypt,
            WrapKey = System.Text.Encoding.ASCII.GetBytes(key),
            RenegotiateAfter = TimeSpan.Zero,
        }, 1194);
        Run(client, server, () => client.Events.OfType<SessionRekeyed>().Count() >= 9, "nine renegotiations");
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 1, 2], client.Events.OfType<SessionRekeyed>().Take(9).Select(e => (int)e.KeyId));
        Ping(client, server);
        Assert.Empty(client.Drops);
    }

    /// <summary>Two peers without a server: the official program is the TLS server, both come to the same cipher and peer id.</summary>
    [Theory]
    [InlineData("None", true)]
    [InlineData("TlsCrypt", true)]
    [InlineData("TlsAuth", false)]
    public void Peer_AgainstTheOfficialPeer_AgreesPingsAndRenegotiates(string wrap, bool export)
    {
        RealTool.Require("openvpn");
        using TestNamespace space = new();
        (string lines, string key) = Wrap(wrap);
        string configuration = ServerConfiguration("AES-256-GCM", "SHA1")
            .Replace("server 10.8.0.0 255.255.255.0", "tls-server\nifconfig 10.8.0.1 10.8.0.2", StringComparison.Ordinal)
            .Replace("topology subnet", "topology p2p", StringComparison.Ordinal);
        using RealOpenVpn peer = new(space, configuration + lines);
        peer.WaitUntilBound();
        using ClientShell client = new(space, new SessionSettings
        {
            Wrap = Enum.Parse<ControlWrapKind>(wrap),
            WrapKey = System.Text.Encoding.ASCII.GetBytes(key),
            WrapKeyDirection = 1,
            IsPeerToPeer = true,
            AllowKeyExport = export,
            RenegotiateAfter = TimeSpan.Zero,
        }, 1194);
        Run(client, peer, () => client.Session.IsConnected, "connected");
        Run(client, peer, () => peer.HasSaid("P2P mode NCP negotiation result"), "the official peer's result");
        SessionConnected connected = client.Events.OfType<SessionConnected>().Single();
        Assert.Contains($"P2P mode NCP negotiation result: TLS_export={(export ? 1 : 0)}, DATA_v2=1, peer-id {connected.PeerId}, cipher=AES-256-GCM", peer.Log,
            StringComparison.Ordinal);
        Run(client, peer, () => peer.HasSaid("Initialization Sequence Completed"), "the official peer is up");
        Ping(client, peer);
        client.Renegotiate();
        Run(client, peer, () => client.Session.Keys.Sealer!.KeyId == 1, "sending with key 1");
        Ping(client, peer);
    }

    internal static string ServerConfiguration(string cipher, string auth) =>
        $"""
        dev tun
        proto udp4
        local 127.0.0.1
        port 1194
        server 10.8.0.0 255.255.255.0
        topology subnet
        dh none
        keepalive 1 30
        data-ciphers {cipher}
        auth {auth}
        <ca>
        {TestCertificates.Shared.Authority}
        </ca>
        <cert>
        {TestCertificates.Shared.ServerCertificate}
        </cert>
        <key>
        {TestCertificates.Shared.ServerKey}
        </key>

        """;

    /// <summary>The server's lines for a wrap, and the text of the client's key.</summary>
    internal static (string ServerLines, string ClientKey) Wrap(string wrap)
    {
        if (wrap == "TlsAuth")
            return ($"key-direction 0\n<tls-auth>\n{Vectors.LabKey}\n</tls-auth>\n", Vectors.LabKey);
        if (wrap == "TlsCrypt")
            return ($"<tls-crypt>\n{Vectors.LabKey}\n</tls-crypt>\n", Vectors.LabKey);
        if (wrap == "None")
            return ("", "");
        string serverKey = RealOpenVpn.GenerateKey("--genkey", "tls-crypt-v2-server");
        string file = Path.GetTempFileName();
        File.WriteAllText(file, serverKey);
        string clientKey = RealOpenVpn.GenerateKey("--tls-crypt-v2", file, "--genkey", "tls-crypt-v2-client");
        File.Delete(file);
        return ($"<tls-crypt-v2>\n{serverKey}\n</tls-crypt-v2>\n", clientKey);
    }

    internal static void Run(ClientShell client, RealOpenVpn server, Func<bool> condition, string what) =>
        Assert.True(client.RunUntil(condition, s_patience, Cancellation),
            $"not in time: {what}; drops: {string.Join(',', client.Drops)}\n{Link.Describe(client.Events)}\n{server.Log}");

    // Asks the server's kernel for an echo, through the tunnel.
    internal static void Ping(ClientShell client, RealOpenVpn server)
    {
        byte[] request = EchoRequest();
        int before = client.Packets.Count(IsEchoReply);
        client.Send(request);
        Run(client, server, () => client.Packets.Count(IsEchoReply) > before, "the echo");
    }

    private static bool IsEchoReply(byte[] packet) =>
        Ipv4View.TryParse(packet, out Ipv4View ip) && ip.Protocol == IpProtocol.Icmp && ip.Payload[0] == 0;

    // 10.8.0.2 → 10.8.0.1, written out: header, then ICMP echo request with its checksums.
    private static byte[] EchoRequest()
    {
        byte[] packet = [0x45, 0, 0, 28, 0, 1, 0x40, 0, 64, 1, 0, 0, 10, 8, 0, 2, 10, 8, 0, 1, 8, 0, 0, 0, 0, 1, 0, 1];
        ushort header = InternetChecksum.Compute(packet.AsSpan(0, 20));
        packet[10] = (byte)(header >> 8);
        packet[11] = (byte)header;
        ushort icmp = InternetChecksum.Compute(packet.AsSpan(20));
        packet[22] = (byte)(icmp >> 8);
        packet[23] = (byte)icmp;
        return packet;
    }
}
