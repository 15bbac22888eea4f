// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Tunbridge.Tunnels;

namespace Tunbridge.Crypto.Tests;

/// <summary>Two of our engines against each other: what goes through, and what two ends agree on.</summary>
public sealed class TlsEngineTests : IDisposable
{
    private readonly TestAuthority _authority = new("Test Authority");
    private readonly TlsSettings _client, _server;

    public TlsEngineTests()
    {
        TestIdentity client = _authority.Issue("C=KG, O=Example, CN=client", TestAuthority.ClientUsage, 2);
        TestIdentity server = _authority.Issue("C=KG, O=Example, CN=server", TestAuthority.ServerUsage, 3);
        _client = new() { Role = TlsRole.Client, Certificate = client.Certificate, PrivateKey = client.Key, Authorities = _authority.Pem };
        _server = new() { Role = TlsRole.Server, Certificate = server.Certificate, PrivateKey = server.Key, Authorities = _authority.Pem };
    }

    public void Dispose() => _authority.Dispose();

    [Theory]
    [InlineData(TlsVersion.Tls12, 4096)]
    [InlineData(TlsVersion.Tls13, 4096)]
    [InlineData(TlsVersion.Tls12, 1)]
    [InlineData(TlsVersion.Tls13, 1)]
    [InlineData(TlsVersion.Tls13, 7)]
    public void Pair_BothVersionsInAnyPieces_AgreesAndKnowsEachOther(TlsVersion version, int piece)
    {
        using TlsPair pair = new(_client with { MaximumVersion = version }, _server);
        Assert.Equal(TlsState.Handshaking, pair.Client.State);
        Assert.False(pair.Client.TryWrite("early"u8));
        Assert.False(pair.Client.TryExport("EXPORTER-x", new byte[8]));
        pair.Run(piece);
        Assert.Equal((TlsState.Established, TlsState.Established), (pair.Client.State, pair.Server.State));
        Assert.Null(pair.Client.Failure);
        string name = version == TlsVersion.Tls12 ? "TLSv1.2" : "TLSv1.3";
        Assert.StartsWith($"{name}, cipher {name} ", pair.Client.Description, StringComparison.Ordinal);
        Assert.Contains("peer certificate: 256 bits EC, curve prime256v1, signature: ecdsa-with-SHA256", pair.Client.Description, StringComparison.Ordinal);
        Assert.Equal(["C=KG, O=Example, CN=server", "CN=Test Authority"], pair.Client.PeerChain.Select(c => c.Subject));
        PeerCertificate shown = pair.Server.PeerChain[0];
        Assert.Equal("C=KG, O=Example, CN=client", shown.Subject);
        Assert.Equal("CN=Test Authority", shown.Issuer);
        Assert.Equal([new("C", "KG"), new("O", "Example"), new("CN", "client")], shown.SubjectParts);
        Assert.Equal("client", shown.CommonName);
        Assert.Equal([0x12, 2], shown.Serial.ToArray());
        Assert.Equal((TestAuthority.Now.AddDays(-1), TestAuthority.Now.AddDays(365)), (shown.NotBefore, shown.NotAfter));
        Assert.Equal(System.Security.Cryptography.SHA256.HashData(shown.Encoded.Span), shown.Sha256.ToArray());
        Assert.Equal(20, shown.Sha1.Length);

        byte[] one = new byte[256], other = new byte[256], third = new byte[256];
        Assert.True(pair.Client.TryExport("EXPORTER-OpenVPN-datakeys", one));
        Assert.True(pair.Server.TryExport("EXPORTER-OpenVPN-datakeys", other));
        Assert.True(pair.Server.TryExport("EXPORTER-OpenVPN-dynamic-tls-crypt", third));
        Assert.Equal(one, other);
        Assert.NotEqual(one, third);
    }

    [Fact]
    public void Write_OfEveryKindOfLength_IsOneRecordAndReadAsOne()
    {
        using TlsPair pair = new TlsPair(_client, _server).Run();
        byte[] buffer = new byte[20000];
        foreach (int length in (int[])[1, 2, 1000, 2048, 16384])
        {
            byte[] message = Providers.Bytes(length, length);
            Assert.True(pair.Client.TryWrite(message));
            int taken = pair.Client.TakeCiphertext(buffer);
            Assert.Equal(0, pair.Client.PendingCiphertext);
            Assert.Equal(23, buffer[0]);                                    // application data
            Assert.Equal(taken - 5, buffer[3] << 8 | buffer[4]);            // one record, whole
            Assert.Equal(TlsState.Established, pair.Server.Step(pair.Now, buffer.AsSpan(0, taken)));
            byte[] read = new byte[20000];
            Assert.Equal(length, pair.Server.Read(read));
            Assert.Equal(message, read[..length]);
            Assert.Equal(0, pair.Server.Read(read));
        }

        Assert.Throws<ArgumentException>(() => pair.Client.TryWrite(default));
        Assert.Throws<ArgumentException>(() => pair.Client.TryWrite(new byte[16385]));
    }

    [Fact]
    public void Close_OnOneEnd_LetsTheOtherReadWhatCameBefore()
    {
        using TlsPair pair = new TlsPair(_client, _server).Run();
        Assert.True(pair.Client.TryWrite("last words"u8));
        pair.Client.Close();
        Assert.Equal(TlsState.Closed, pair.Client.State);
        Assert.False(pair.Client.TryWrite("more"u8));
        byte[] wire = new byte[4096], read = new byte[100];
        int n = pair.Client.TakeCiphertext(wire);
        pair.Server.Step(pair.Now, wire.AsSpan(0, n));
        Assert.Equal("last words", Encoding.ASCII.GetString(read, 0, pair.Server.Read(read)));
        Assert.Equal(0, pair.Server.Read(read));
        Assert.Equal(TlsState.Closed, pair.Server.State);
        Assert.Null(pair.Server.Failure);
    }

    [Fact]
    public void Step_AfterDispose_Throws()
    {
        TlsPair pair = new TlsPair(_client, _server).Run();
        pair.Dispose();
        Assert.Throws<ObjectDisposedException>(() => pair.Client.Step(pair.Now, default));
        Assert.Throws<ObjectDisposedException>(() => pair.Client.PendingCiphertext);
        pair.Client.Dispose();
    }

    [Fact]
    public void Context_Disposed_LeavesItsEnginesWorking()
    {
        OpenSslTlsProvider provider = new();
        ITlsContext context = provider.CreateContext(_client);
        Assert.Equal("C=KG, O=Example, CN=client", context.OwnCertificate!.Subject);
        ITlsEngine engine = context.CreateEngine();
        context.Dispose();
        Assert.Throws<ObjectDisposedException>(context.CreateEngine);
        Assert.Equal(TlsState.Handshaking, engine.Step(TestAuthority.Now, default));
        Assert.InRange(engine.PendingCiphertext, 100, 2000);
        engine.Dispose();
    }

    [Fact]
    public void Noise_InsteadOfHandshake_FailsInWordsAndNeverThrows()
    {
        OpenSslTlsProvider provider = new();
        using ITlsContext context = provider.CreateContext(_server);
        Random random = new(7);
        for (int round = 0; round < 500; round++)
        {
            using ITlsEngine engine = context.CreateEngine();
            byte[] noise = Providers.Bytes(random.Next(1, 600), round);
            if ((round & 1) == 0)
                new byte[] { 22, 3, 1, 0, (byte)(noise.Length & 0xff) }.AsSpan(0, Math.Min(5, noise.Length)).CopyTo(noise);
            TlsState state = engine.Step(TestAuthority.Now, noise);
            Assert.True(state is TlsState.Handshaking or TlsState.Failed);
            Assert.Equal(state == TlsState.Failed, engine.Failure is { Message.Length: > 0 });
        }
    }

    [Theory]
    [InlineData(TlsVersion.Tls12)]
    [InlineData(TlsVersion.Tls13)]
    public void Handshake_AnyByteDamaged_NeverThrowsNorEstablishesBoth(TlsVersion version)
    {
        byte[] buffer = new byte[8192];
        for (int flip = 0; flip < 2400; flip += 13)
        {
            using TlsPair pair = new(_client with { MaximumVersion = version }, _server);
            pair.Client.Step(pair.Now, default);
            int seen = 0;
            for (int turn = 0; turn < 6; turn++)
            {
                (ITlsEngine from, ITlsEngine to) = turn % 2 == 0 ? (pair.Client, pair.Server) : (pair.Server, pair.Client);
                int n = from.TakeCiphertext(buffer);
                if (flip >= seen && flip < seen + n)
                    buffer[flip - seen] ^= 0x41;
                seen += n;
                to.Step(pair.Now, buffer.AsSpan(0, n));
            }

            Assert.False(flip < seen && pair is { Client.State: TlsState.Established, Server.State: TlsState.Established }, $"byte {flip}");
        }
    }

    [Fact]
    public void Settings_ContainerAndLockedKey_Open()
    {
        TestIdentity identity = _authority.Issue("CN=boxed", TestAuthority.ClientUsage, 9);
        TlsSettings bare = _client with { Certificate = default, PrivateKey = default, Passphrase = "open sesame"u8.ToArray() };
        using (TlsPair pair = new TlsPair(bare with { Pkcs12 = identity.Container }, _server).Run())
            Assert.Equal("boxed", pair.Server.PeerChain[0].CommonName);
        using (TlsPair pair = new TlsPair(bare with { Certificate = identity.Certificate, PrivateKey = identity.LockedKey }, _server).Run())
            Assert.Equal("boxed", pair.Server.PeerChain[0].CommonName);
    }

    [Fact]
    public void Settings_Intermediates_AreSentWithTheCertificate()
    {
        using TestAuthority middle = new("Middle", _authority);
        TestIdentity identity = middle.Issue("CN=deep", TestAuthority.ClientUsage);
        TlsSettings deep = _client with { PrivateKey = identity.Key };
        using (TlsPair pair = new TlsPair(deep with { Certificate = (byte[])[.. identity.Certificate, .. middle.Pem] }, _server).Run())
            Assert.Equal(["CN=deep", "CN=Middle", "CN=Test Authority"], pair.Server.PeerChain.Select(c => c.Subject));
        using (TlsPair pair = new TlsPair(deep with { Certificate = identity.Certificate, ExtraCertificates = middle.Pem }, _server).Run())
            Assert.Equal(3, pair.Server.PeerChain.Count);
        using (TlsPair pair = new TlsPair(deep with { Certificate = identity.Certificate }, _server).Run())
            Assert.Equal(TlsFailureReason.Untrusted, pair.Server.Failure!.Reason);
    }

    [Fact]
    public void Settings_CiphersGroupsAndProfile_AreKept()
    {
        TlsSettings old = _client with { MaximumVersion = TlsVersion.Tls12, Ciphers = "TLS-ECDHE-ECDSA-WITH-AES-128-GCM-SHA256:TLS-RSA-NONSENSE" };
        using (TlsPair pair = new TlsPair(old, _server).Run())
            Assert.StartsWith("TLSv1.2, cipher TLSv1.2 ECDHE-ECDSA-AES128-GCM-SHA256", pair.Server.Description, StringComparison.Ordinal);
        TlsSettings suites = _client with { CipherSuites = "TLS-CHACHA20-POLY1305-SHA256", Groups = "secp384r1:nonsense" };
        using (TlsPair pair = new TlsPair(suites, _server).Run())
        {
            Assert.StartsWith("TLSv1.3, cipher TLSv1.3 TLS_CHACHA20_POLY1305_SHA256", pair.Server.Description, StringComparison.Ordinal);
            Assert.Contains("peer temporary key: 384 bits EC, curve secp384r1", pair.Server.Description, StringComparison.Ordinal);
        }

        using ITlsContext context = new OpenSslTlsProvider().CreateContext(suites);
        Assert.Contains("'nonsense'", Assert.Single(context.Remarks), StringComparison.Ordinal);
        using TlsPair suiteB = new TlsPair(
            _client with { Profile = TlsCertificateProfile.SuiteB, MaximumVersion = TlsVersion.Tls12 },
            _server with { Profile = TlsCertificateProfile.SuiteB }).Run();
        Assert.Equal("", $"{suiteB.Client.Failure}{suiteB.Server.Failure}");
        Assert.Contains("ECDHE-ECDSA-AES", suiteB.Client.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void Pair_ServerThatAsksForNoCertificate_LetsAnyoneIn()
    {
        TlsSettings bare = _client with { Certificate = default, PrivateKey = default };
        foreach (TlsPeerPresence presence in (TlsPeerPresence[])[TlsPeerPresence.Optional, TlsPeerPresence.None])
        {
            using TlsPair pair = new TlsPair(bare, _server with { PeerPresence = presence }).Run();
            Assert.Equal(TlsState.Established, pair.Server.State);
            Assert.Empty(pair.Server.PeerChain);
        }
    }
}
