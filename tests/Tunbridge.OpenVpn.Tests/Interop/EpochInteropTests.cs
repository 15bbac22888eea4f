// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Control;
using Tunbridge.OpenVpn.Data;
using Tunbridge.Testing;

namespace Tunbridge.OpenVpn.Tests.Interop;

/// <summary>
/// Our client against a server of openvpn 2.7, which agrees on the format with epochs by itself. Our keys are good for few
/// packets, so that epochs change all the time.
/// </summary>
public sealed class EpochInteropTests
{
    /// <summary>Two peers without a server come to epochs, too.</summary>
    [Fact]
    public void Peer_OfOpenvpn27_AgreesOnEpochs()
    {
        RealTool.Require("ip");
        Assert.SkipWhen(RealTool.FindOpenVpn27() is null, "openvpn 2.7 could not be had; ./test fetches it from Debian unstable");
        using TestNamespace space = new();
        string configuration = ClientInteropTests.ServerConfiguration("AES-256-GCM", "SHA256")
            .Replace("server 10.8.0.0 255.255.255.0", "tls-server\nifconfig 10.8.0.1 10.8.0.2", StringComparison.Ordinal)
            .Replace("topology subnet", "topology p2p", StringComparison.Ordinal);
        using RealOpenVpn peer = new(space, configuration, RealTool.FindOpenVpn27()!);
        peer.WaitUntilBound();
        using ClientShell client = new(space, new SessionSettings
        {
            IsPeerToPeer = true,
            RenegotiateAfter = TimeSpan.Zero,
        }, 1194);
        ClientInteropTests.Run(client, peer, () => client.Session.IsConnected, "connected");
        Assert.IsType<EpochDataSealer>(client.Session.Keys.Sealer);
        ClientInteropTests.Run(client, peer, () => peer.HasSaid("Initialization Sequence Completed"), "the official peer is up");
        ClientInteropTests.Ping(client, peer);
        client.Renegotiate();
        ClientInteropTests.Run(client, peer, () => client.Session.Keys.Sealer!.KeyId == 1, "sending with key 1");
        ClientInteropTests.Ping(client, peer);
        Assert.Empty(client.Drops);
    }

    [Theory]
    [InlineData("AES-256-GCM")]
    [InlineData("CHACHA20-POLY1305")]
    public void Epochs_ThatWeBegin_AreFollowedByOpenvpn27(string cipher)
    {
        RealTool.Require("ip");
        Assert.SkipWhen(RealTool.FindOpenVpn27() is null, "openvpn 2.7 could not be had; ./test fetches it from Debian unstable");
        using TestNamespace space = new();
        using RealOpenVpn server = new(space, ClientInteropTests.ServerConfiguration(cipher, "SHA256"), RealTool.FindOpenVpn27()!, verbosity: 7);
        server.WaitUntilBound();
        using ClientShell client = new(space, new SessionSettings
        {
            DataCiphers = [cipher],
            RenegotiateAfter = TimeSpan.Zero,
            UsageLimit = 12,        // four pings of 28 bytes
        }, 1194);
        ClientInteropTests.Run(client, server, () => client.Session.IsConnected, "connected");
        ClientInteropTests.Run(client, server, () => server.HasSaid("dyn-tls-crypt aead-epoch"), "pushed by the server");
        Ping(epochs: 20);
        // It goes on with us.
        ClientInteropTests.Run(client, server, () => server.HasSaid("Outgoing Epoch Data key 20"), "the server's own epoch");
        Assert.InRange(((EpochDataOpener)client.Session.Keys.OpenerFor([0x48])!).Epoch, 19, 21);
        client.Renegotiate();
        ClientInteropTests.Run(client, server, () => client.Session.Keys.Sealer!.KeyId == 1, "sending with key 1");
        Assert.Equal(1, Sealer().Epoch);
        Ping(epochs: 5);
        Assert.Empty(client.Drops);
        client.Leave();
        ClientInteropTests.Run(client, server, () => server.HasSaid("exit message received by peer"), "the server heard that we left");

        void Ping(int epochs)
        {
            while (Sealer().Epoch <= epochs)
                ClientInteropTests.Ping(client, server);
        }

        EpochDataSealer Sealer() => Assert.IsType<EpochDataSealer>(client.Session.Keys.Sealer);
    }
}
