// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography.X509Certificates;
using Tunbridge.Tunnels;

namespace Tunbridge.Crypto.Tests;

/// <summary>Who is refused, with what reason, and what the other end hears of it.</summary>
public sealed class TlsRefusalTests : IDisposable
{
    private readonly TestAuthority _authority = new("Test Authority"), _stranger = new("Stranger");
    private readonly TlsSettings _client, _server;

    public TlsRefusalTests()
    {
        _client = As(TlsRole.Client, _authority.Issue("O=Example, CN=client", TestAuthority.ClientUsage, 2));
        _server = As(TlsRole.Server, _authority.Issue("O=Example, CN=server", TestAuthority.ServerUsage, 3));
    }

    public void Dispose()
    {
        _authority.Dispose();
        _stranger.Dispose();
    }

    private TlsSettings As(TlsRole role, TestIdentity identity) =>
        new() { Role = role, Certificate = identity.Certificate, PrivateKey = identity.Key, Authorities = _authority.Pem };

    private static TlsSettings With(TlsSettings settings, TestIdentity identity) =>
        settings with { Certificate = identity.Certificate, PrivateKey = identity.Key };

    // The client refuses the server: at the client the reason, at the server the alert.
    private static TlsFailure ClientRefuses(TlsSettings client, TlsSettings server, string alert, DateTimeOffset? now = null)
    {
        using TlsPair pair = new TlsPair(client, server) { Now = now ?? TestAuthority.Now }.Run();
        Assert.Equal(TlsState.Failed, pair.Client.State);
        Assert.Equal(TlsState.Failed, pair.Server.State);
        Assert.Equal(TlsFailureReason.PeerAlert, pair.Server.Failure!.Reason);
        Assert.Contains($"'{alert}'", pair.Server.Failure.Message, StringComparison.Ordinal);
        Assert.False(pair.Client.TryWrite("x"u8));
        Assert.Empty(pair.Client.PeerChain);
        Assert.False(pair.Client.TryExport("EXPORTER-x", new byte[8]));
        return pair.Client.Failure!;
    }

    // The server refuses the client; with TLS 1.3 the client thinks for a moment that it is in, until it reads.
    private static TlsFailure ServerRefuses(TlsSettings client, TlsSettings server, string alert, TlsVersion version = TlsVersion.Tls13)
    {
        using TlsPair pair = new TlsPair(client with { MaximumVersion = version }, server).Run();
        Assert.Equal(TlsState.Failed, pair.Server.State);
        Assert.Equal(TlsState.Failed, pair.Client.State);
        Assert.Equal(TlsFailureReason.PeerAlert, pair.Client.Failure!.Reason);
        Assert.Contains($"'{alert}'", pair.Client.Failure.Message, StringComparison.Ordinal);
        Assert.Empty(pair.Server.PeerChain);
        return pair.Server.Failure!;
    }

    [Theory]
    [InlineData(TlsVersion.Tls12)]
    [InlineData(TlsVersion.Tls13)]
    public void Peer_OfAnotherAuthority_IsRefusedByEither(TlsVersion version)
    {
        TestIdentity foreign = _stranger.Issue("CN=imposter", TestAuthority.ClientUsage);
        TlsFailure failure = ServerRefuses(With(_client, foreign), _server, "unknown CA", version);
        Assert.Equal((TlsFailureReason.Untrusted, 0, "CN=imposter"), (failure.Reason, failure.Depth, failure.Subject));
        Assert.Equal("depth=0, unable to get local issuer certificate: CN=imposter", failure.ToString());

        TlsFailure other = ClientRefuses(_client, With(_server, _stranger.Issue("CN=imposter", TestAuthority.ServerUsage)), "unknown CA");
        Assert.Equal(TlsFailureReason.Untrusted, other.Reason);
        Assert.Equal(TlsFailureReason.Untrusted, ClientRefuses(_client, With(_server, TestAuthority.SelfSigned("CN=self")), "unknown CA").Reason);
    }

    [Fact]
    public void Peer_OutOfDate_IsRefusedByTheTimeGiven()
    {
        TlsFailure failure = ServerRefuses(With(_client, _authority.Issue("CN=old", TestAuthority.ClientUsage, 5, -30, -1)), _server, "certificate expired");
        Assert.Equal((TlsFailureReason.OutOfDate, "certificate has expired"), (failure.Reason, failure.Message));
        failure = ServerRefuses(With(_client, _authority.Issue("CN=new", TestAuthority.ClientUsage, 5, 1, 30)), _server, "bad certificate");
        Assert.Equal((TlsFailureReason.OutOfDate, "certificate is not yet valid"), (failure.Reason, failure.Message));
        // The same server a year later: the time is an argument, not the machine's.
        failure = ClientRefuses(_client, _server, "certificate expired", TestAuthority.Now.AddYears(2));
        Assert.Equal(TlsFailureReason.OutOfDate, failure.Reason);
    }

    [Fact]
    public void Peer_Revoked_IsRefused()
    {
        TlsSettings strict = _server with { RevocationLists = _authority.Revoke(30, 2) };
        TlsFailure failure = ServerRefuses(_client, strict, "certificate revoked");
        Assert.Equal((TlsFailureReason.Revoked, "certificate revoked", 0), (failure.Reason, failure.Message, failure.Depth));
        using TlsPair other = new TlsPair(With(_client, _authority.Issue("CN=good", TestAuthority.ClientUsage, 4)), strict).Run();
        Assert.Equal(TlsState.Established, other.Server.State);
    }

    [Fact]
    public void Peer_WithRevocationListExpiredOrForged_IsRefused()
    {
        Assert.Equal("CRL has expired", ServerRefuses(_client, _server with { RevocationLists = _authority.Revoke(-3) }, "certificate expired").Message);
        TlsSettings forged = _server with { RevocationLists = _authority.Revoke(30) };
        byte[] list = forged.RevocationLists.ToArray();
        int at = Array.LastIndexOf(list, (byte)'\n', list.Length - 30) - 4;    // inside the signature
        list[at] = (byte)(list[at] == 'A' ? 'B' : 'A');
        using TlsPair pair = new TlsPair(_client, forged with { RevocationLists = list }).Run();
        Assert.Equal((TlsState.Failed, TlsFailureReason.Revoked), (pair.Server.State, pair.Server.Failure!.Reason));
    }

    [Fact]
    public void Peer_WithRevocationListOfAnotherAuthority_PassesWithARemark()
    {
        // What openvpn does, which warns: "VERIFY WARNING: depth=0, unable to get certificate CRL".
        using TlsPair pair = new TlsPair(_client, _server with { RevocationLists = _stranger.Revoke(30, 2) }).Run();
        Assert.Equal(TlsState.Established, pair.Server.State);
        Assert.Contains("depth=0, unable to get certificate CRL: O=Example, CN=client", pair.Server.Remarks);
        Assert.Empty(pair.Client.Remarks);
        }

    [Fact]
    public void Peer_WithRevokedSerial_IsRefusedByWhoIsAsked()
    {
        List<string> asked = [];
        TlsSettings strict = _server with { IsSerialRevoked = s => { asked.Add(s); return s == "4610"; } };    // 0x1202
        TlsFailure failure = ServerRefuses(_client, strict, "certificate revoked");
        Assert.Equal(TlsFailureReason.Revoked, failure.Reason);
        Assert.Contains("4610", asked);
        TlsSettings thrower = _server with { IsSerialRevoked = _ => throw new InvalidOperationException() };
        using TlsPair pair = new TlsPair(_client, thrower).Run();
        Assert.Equal(TlsState.Failed, pair.Server.State);    // nobody gets in when the question fails
    }

    [Fact]
    public void Peer_WithWrongUsage_IsRefused()
    {
        TlsSettings careful = _client with { PeerKeyUsages = [0], PeerExtendedKeyUsage = "TLS Web Server Authentication" };
        using (TlsPair good = new TlsPair(careful, _server).Run())
            Assert.Equal(TlsState.Established, good.Client.State);
        using (TlsPair good = new TlsPair(careful with { PeerExtendedKeyUsage = TestAuthority.ServerUsage }, _server).Run())
            Assert.Equal(TlsState.Established, good.Client.State);

        TlsFailure failure = ClientRefuses(careful, With(_server, _authority.Issue("CN=any", null)), "unsupported certificate");
        Assert.Equal((TlsFailureReason.WrongUsage, "it has no extended key usage, required is 'TLS Web Server Authentication'"), (failure.Reason, failure.Message));
        failure = ClientRefuses(careful, With(_server, _authority.Issue("CN=any", TestAuthority.ServerUsage, keyUsage: X509KeyUsageFlags.None)), "unsupported certificate");
        Assert.Equal("it has no key usage extension, and one is required", failure.Message);
        failure = ClientRefuses(_client with { PeerKeyUsages = [0xa0, 0x88] }, _server, "unsupported certificate");
        Assert.Equal("its key usage is 80, required is one of a0, 88", failure.Message);
        // A client's certificate shown by a server: refused by the library itself.
        failure = ClientRefuses(_client, With(_server, _authority.Issue("CN=any", TestAuthority.ClientUsage)), "unsupported certificate");
        Assert.Equal(TlsFailureReason.WrongUsage, failure.Reason);
    }

    [Theory]
    [InlineData("O=Example, CN=server", TlsNameMatch.Subject, true)]
    [InlineData("O=Example, CN=serve", TlsNameMatch.Subject, false)]
    [InlineData("server", TlsNameMatch.CommonName, true)]
    [InlineData("Server", TlsNameMatch.CommonName, false)]
    [InlineData("serv", TlsNameMatch.CommonName, false)]
    [InlineData("serv", TlsNameMatch.CommonNamePrefix, true)]
    [InlineData("server1", TlsNameMatch.CommonNamePrefix, false)]
    public void Peer_ByName_IsLetInOrRefused(string name, TlsNameMatch match, bool fits)
    {
        TlsSettings client = _client with { PeerName = name, PeerNameMatch = match };
        if (fits)
        {
            using TlsPair pair = new TlsPair(client, _server).Run();
            Assert.Equal(TlsState.Established, pair.Client.State);
            return;
        }

        TlsFailure failure = ClientRefuses(client, _server, "handshake failure");
        Assert.Equal(TlsFailureReason.WrongName, failure.Reason);
        Assert.Contains($"'{name}'", failure.Message, StringComparison.Ordinal);
        Assert.Contains("server'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Peer_ByFingerprint_NeedsNoAuthority()
    {
        TestIdentity lonely = TestAuthority.SelfSigned("CN=lonely"), other = TestAuthority.SelfSigned("CN=other");
        TlsSettings client = With(_client, lonely), server = With(_server, other) with { Authorities = default, PeerFingerprints = [lonely.Fingerprint] };
        client = client with { Authorities = default, PeerFingerprints = [_authority.Issue("CN=x", null).Fingerprint, other.Fingerprint] };
        using (TlsPair pair = new TlsPair(client, server).Run())
        {
            Assert.Equal((TlsState.Established, TlsState.Established), (pair.Client.State, pair.Server.State));
            Assert.Equal("lonely", Assert.Single(pair.Server.PeerChain).CommonName);
        }

        using (TlsPair late = new TlsPair(client, server) { Now = TestAuthority.Now.AddYears(3) }.Run())
        {
            Assert.Equal(TlsState.Established, late.Server.State);
            Assert.Contains("depth=0, certificate has expired: CN=lonely", late.Server.Remarks);
        }

        TlsFailure failure = ServerRefuses(With(client, TestAuthority.SelfSigned("CN=lonely")), server, "bad certificate");
        Assert.Equal(TlsFailureReason.WrongFingerprint, failure.Reason);
        Assert.Equal(TlsFailureReason.WrongFingerprint, ServerRefuses(With(client, _authority.Issue("CN=lonely", null)), server, "bad certificate").Reason);
        // With an authority as well, both have to be right.
        Assert.Equal(TlsFailureReason.Untrusted,
            ServerRefuses(client, server with { Authorities = _authority.Pem }, "unknown CA").Reason);
    }

    [Theory]
    [InlineData(TlsVersion.Tls12)]
    [InlineData(TlsVersion.Tls13)]
    public void Client_WithoutCertificate_IsRefused(TlsVersion version)
    {
        TlsFailure failure = ServerRefuses(_client with { Certificate = default, PrivateKey = default }, _server,
            version == TlsVersion.Tls12 ? "handshake failure" : "certificate required", version);
        Assert.Equal((TlsFailureReason.NoCertificate, "peer did not return a certificate"), (failure.Reason, failure.Message));
    }

    [Fact]
    public void Ends_WithNothingInCommon_SaySo()
    {
        using TlsPair versions = new TlsPair(_client with { MaximumVersion = TlsVersion.Tls12 }, _server with { MinimumVersion = TlsVersion.Tls13 }).Run();
        Assert.Equal((TlsFailureReason.NothingInCommon, "unsupported protocol"), (versions.Server.Failure!.Reason, versions.Server.Failure.Message));
        Assert.Contains("'protocol version'", versions.Client.Failure!.Message, StringComparison.Ordinal);
        using TlsPair ciphers = new TlsPair(
            _client with { MaximumVersion = TlsVersion.Tls12, Ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256" },
            _server with { Ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384" }).Run();
        Assert.Equal((TlsFailureReason.NothingInCommon, "no shared cipher"), (ciphers.Server.Failure!.Reason, ciphers.Server.Failure.Message));
    }

    [Fact]
    public void Settings_ThatCannotWork_SayWhichAndWhy()
    {
        OpenSslTlsProvider provider = new();
        TestIdentity one = _authority.Issue("CN=one", null), two = _authority.Issue("CN=two", null);
        string Complaint(string setting, TlsSettings settings)
        {
            TlsSettingsException e = Assert.Throws<TlsSettingsException>(() => provider.CreateContext(settings));
            Assert.Equal(setting, e.Setting);
            return e.Message;
        }

        Assert.Contains("does not belong", Complaint(nameof(TlsSettings.PrivateKey), With(_client, one) with { PrivateKey = two.Key }), StringComparison.Ordinal);
        Assert.Contains("is encrypted", Complaint(nameof(TlsSettings.PrivateKey), _client with { PrivateKey = one.LockedKey }), StringComparison.Ordinal);
        Assert.Contains("passphrase does not open", Complaint(nameof(TlsSettings.PrivateKey),
            _client with { PrivateKey = one.LockedKey, Passphrase = "wrong"u8.ToArray() }), StringComparison.Ordinal);
        Assert.Contains("no private key", Complaint(nameof(TlsSettings.PrivateKey), _client with { PrivateKey = "rubbish"u8.ToArray() }), StringComparison.Ordinal);
        Assert.Contains("no certificate", Complaint(nameof(TlsSettings.Certificate), _client with { Certificate = "rubbish"u8.ToArray() }), StringComparison.Ordinal);
        Assert.Contains("no private key to it", Complaint(nameof(TlsSettings.PrivateKey), _client with { PrivateKey = default }), StringComparison.Ordinal);
        Assert.Contains("A server needs", Complaint(nameof(TlsSettings.Certificate), _server with { Certificate = default, PrivateKey = default }), StringComparison.Ordinal);
        Assert.Contains("no certificate to be read", Complaint(nameof(TlsSettings.Authorities), _client with { Authorities = "rubbish"u8.ToArray() }), StringComparison.Ordinal);
        Assert.Contains("number 2", Complaint(nameof(TlsSettings.Authorities), _client with
        {
            Authorities = (byte[])[.. _authority.Pem, .. "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"u8],
        }), StringComparison.Ordinal);
        Assert.Contains("nothing to know the peer by", Complaint(nameof(TlsSettings.Authorities), _client with { Authorities = default }), StringComparison.Ordinal);
        Complaint(nameof(TlsSettings.AuthorityDirectory), _client with { AuthorityDirectory = "/does/not/exist" });
        Complaint(nameof(TlsSettings.RevocationLists), _client with { RevocationLists = "rubbish"u8.ToArray() });
        Complaint(nameof(TlsSettings.Ciphers), _client with { Ciphers = "NONSENSE" });
        Complaint(nameof(TlsSettings.CipherSuites), _client with { CipherSuites = "NONSENSE" });
        Complaint(nameof(TlsSettings.Groups), _client with { Groups = "nonsense" });
        Complaint(nameof(TlsSettings.MaximumVersion), _client with { MaximumVersion = TlsVersion.Tls11 });
        Complaint(nameof(TlsSettings.PeerFingerprints), _client with { PeerFingerprints = [new byte[20]] });
        Complaint(nameof(TlsSettings.Pkcs12), _client with { Pkcs12 = "rubbish"u8.ToArray() });
        Assert.Contains("passphrase", Complaint(nameof(TlsSettings.Pkcs12), _client with { Pkcs12 = one.Container }), StringComparison.Ordinal);
        Complaint(nameof(TlsSettings.DiffieHellman), _server with { DiffieHellman = "rubbish"u8.ToArray() });
    }
}
