// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Control;
using Tunbridge.OpenVpn.Data;
using Tunbridge.OpenVpn.Tests.Support;
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Tests.Control;

/// <summary>When sessions agree on the data format with epochs, and what becomes of keys that are used up, on virtual time.</summary>
public sealed class EpochSessionTests
{
    private const string ProtocolOf26 = "990";

    [Theory]
    [InlineData("AES-256-GCM", true, null, true)]
    [InlineData("CHACHA20-POLY1305", true, null, true)]
    [InlineData("AES-256-CBC", true, null, false)]
    [InlineData("AES-256-GCM", false, null, false)]
    [InlineData("AES-256-GCM", true, ProtocolOf26, false)]      // a client of 2.6
    [InlineData("AES-256-GCM", true, "2012", false)]            // one without DATA_V2
    [InlineData("AES-256-GCM", true, "1886", false)]            // one that cannot be told by protocol-flags
    public void Format_WithEpochs_IsAgreedOnWhenBothCan(string cipher, bool export, string? protocol, bool agreed)
    {
        SessionSettings settings = SessionTests.Settings("None", cipher) with { AllowKeyExport = export };
        using Link link = new(protocol is null ? settings : settings with { PeerInfo = [new("IV_PROTO", protocol)] }, settings);
        link.RunUntil(() => link.Client.IsConnected && link.Server!.IsConnected);
        Assert.Equal((agreed, agreed), (link.Client.Keys.Sealer is EpochDataSealer, link.Server!.Keys.Sealer is EpochDataSealer));
        SessionTests.AssertCarries(link);
        Assert.True(link.Client.Renegotiate(link.Now));
        link.RunUntil(() => link.Server.Keys.Sealer!.KeyId == 1 && link.Client.Keys.Sealer!.KeyId == 1);
        Assert.Equal((agreed, agreed), (link.Client.Keys.Sealer is EpochDataSealer, link.Server.Keys.Sealer is EpochDataSealer));
        SessionTests.AssertCarries(link);
    }

    [Fact]
    public void Client_Announces_WhatItCan()
    {
        foreach (bool export in (bool[])[true, false])
        {
            using Link link = new(SessionTests.Settings("None") with { AllowKeyExport = export });
            link.RunUntil(() => link.Client.IsConnected);
            AuthenticationRequested request = link.ServerEvents.OfType<AuthenticationRequested>().First();
            Assert.Equal(export ? "2014" : "470", request.PeerInfo.Single(e => e.Key == "IV_PROTO").Value);
        }
    }

    [Theory]
    [InlineData("AES-256-CBC", true)]
    [InlineData("AES-256-GCM", false)]
    public void Client_PushedAFormatThatCannotBe_EndsInWords(string cipher, bool export)
    {
        SessionSettings settings = SessionTests.Settings("None", cipher);
        using Link link = new(settings with { AllowKeyExport = export }, settings) { Push = ["protocol-flags aead-epoch"] };
        link.RunUntil(() => link.Client.IsClosed);
        SessionClosed closed = SessionTests.Closed(link.ClientEvents);
        Assert.Equal(SessionCloseReason.OptionsRefused, closed.Reason);
        Assert.Contains("aead-epoch", closed.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Peers_WithoutAServer_AgreeOnEpochs()
    {
        SessionSettings settings = SessionTests.Settings("None") with { IsPeerToPeer = true };
        using Link link = new(settings);
        link.RunUntil(() => link.Client.IsConnected && link.Server!.IsConnected);
        Assert.True(link.Client.Keys.Sealer is EpochDataSealer && link.Server!.Keys.Sealer is EpochDataSealer);
        SessionTests.AssertCarries(link);
        using Link older = new(settings with { PeerInfo = [new("IV_PROTO", "746")] }, settings);
        older.RunUntil(() => older.Server?.IsConnected == true);
        Assert.IsType<AeadDataSealer>(older.Server!.Keys.Sealer);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Epochs_MoveOnWithTraffic_AndTheKeyStays(bool byClient)
    {
        SessionSettings settings = SessionTests.Settings("TlsCrypt");
        using Link link = new(byClient ? settings with { UsageLimit = 40 } : settings, byClient ? settings : settings with { UsageLimit = 40 });
        link.RunUntil(() => link.Client.IsConnected && link.Server!.IsConnected);
        EpochDataSealer client = (EpochDataSealer)link.Client.Keys.Sealer!, server = (EpochDataSealer)link.Server!.Keys.Sealer!;
        for (int i = 0; i < 200; i++)
            SessionTests.AssertCarries(link);
        link.RunFor(TimeSpan.FromMinutes(5));
        SessionTests.AssertCarries(link);
        Assert.InRange(client.Epoch, 35, 50);
        Assert.InRange(server.Epoch, client.Epoch - 1, client.Epoch + 1);
        Assert.Empty(link.ClientEvents.OfType<SessionRekeyed>());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Epochs_NearTheirEnd_MakeTheNextKey(bool byClient)
    {
        using Link link = new(SessionTests.Settings("TlsCrypt")) { Push = [] };
        link.RunUntil(() => link.Client.IsConnected && link.Server!.IsConnected);
        Session side = byClient ? link.Client : link.Server!;
        ((EpochDataSealer)side.Keys.Sealer!).MoveTo(0xff00);
        link.RunFor(TimeSpan.FromMinutes(3));
        Assert.Equal((1, 1), (link.Client.Keys.Sealer!.KeyId, link.Server!.Keys.Sealer!.KeyId));
        Assert.Equal(1, ((EpochDataSealer)side.Keys.Sealer!).Epoch);
        SessionTests.AssertCarries(link);
        Assert.Single(link.ClientEvents.OfType<SessionRekeyed>());
    }

    /// <summary>Without epochs the limit makes the next key, also when it is the peer that does not count.</summary>
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void ClassicKey_AtTheLimit_MakesTheNextKey(bool isClientCounting, bool isClientSending)
    {
        SessionSettings plain = SessionTests.Settings("TlsCrypt");
        SessionSettings counting = plain with { UsageLimit = 1000 };
        SessionSettings client = (isClientCounting ? counting : plain) with { PeerInfo = [new("IV_PROTO", ProtocolOf26)] };
        using Link link = new(client, isClientCounting ? plain : counting) { Push = [] };
        link.RunUntil(() => link.Client.IsConnected && link.Server!.IsConnected);
        Assert.IsType<AeadDataSealer>(link.Client.Keys.Sealer);
        for (int key = 1; key <= 2; key++)
        {
            Send(6);        // 101 each
            link.RunFor(TimeSpan.FromMinutes(10));
            Assert.Equal(key - 1, link.ClientEvents.OfType<SessionRekeyed>().Count());
            Send(4);
            link.RunFor(TimeSpan.FromSeconds(30));
            Assert.Equal((key, key), (link.ClientEvents.OfType<SessionRekeyed>().Count(), link.ServerEvents.OfType<SessionRekeyed>().Count()));
        }

        void Send(int count)
        {
            for (int i = 0; i < count; i++)
                Assert.Equal(DropReason.None, link.Send(isClientSending, new byte[1600], out _));
        }
    }

    [Fact]
    public void ClassicKey_NearTheEndOfItsNumbers_MakesTheNextKey()
    {
        SessionSettings settings = SessionTests.Settings("None") with { PeerInfo = [new("IV_PROTO", ProtocolOf26)], Ping = TimeSpan.Zero };
        using Link link = new(settings) { Push = [] };
        link.RunUntil(() => link.Client.IsConnected && link.Server!.IsConnected);
        link.Client.Keys.Sealer!.Renumber(0xfeffffff);
        link.RunFor(TimeSpan.FromMinutes(5));
        Assert.Empty(link.ClientEvents.OfType<SessionRekeyed>());
        SessionTests.AssertCarries(link);
        link.RunFor(TimeSpan.FromSeconds(30));
        Assert.Single(link.ClientEvents.OfType<SessionRekeyed>());
        SessionTests.AssertCarries(link);
    }
}
