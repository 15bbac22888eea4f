// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Tunbridge.Crypto;
using Tunbridge.OpenVpn.Control;
using Tunbridge.OpenVpn.Tests.Support;
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Tests.Control;

/// <summary>A stream that ends after any byte of a handshake, of either direction: the next one connects, and nothing is left behind.</summary>
public sealed class StreamCutTests
{
    // Each byte of both directions, with smaller flights than a real TLS's: what is cut is the framing, the wrap and the messages.
    private static readonly int[] s_flights = [289, 1300, 300];

    [Theory]
    [InlineData("None")]
    [InlineData("TlsAuth")]
    [InlineData("TlsCrypt")]
    [InlineData("TlsCryptV2")]
    public void Stream_CutAfterEachByteOfAHandshake_ConnectsTheNextTime(string wrap)
    {
        SessionSettings server = DoorTests.ServerSettings(wrap == "TlsAuth" ? ControlWrapKind.TlsAuth : ControlWrapKind.TlsCrypt) with { IsTcp = true };
        if (wrap == "None")
            server = SessionTests.Settings(wrap) with { IsTcp = true };
        using FakeTls serverTls = new(TlsRole.Server) { Flights = s_flights }, clientTls = new(TlsRole.Client) { Flights = s_flights };
        // The ciphers that ship: the base library's are ten times slower.
        CutEverywhere(server, DoorTests.ClientSettings(wrap) with { IsTcp = true }, serverTls, clientTls, step: 1);
    }

    /// <summary>The same with a real TLS, at some of its bytes.</summary>
    [Fact]
    public void Stream_CutDuringARealHandshake_ConnectsTheNextTime()
    {
        SessionSettings settings = SessionTests.Settings("TlsCrypt") with { IsTcp = true };
        TestCertificates certificates = TestCertificates.Shared;
        using ITlsContext server = Context(TlsRole.Server, certificates.ServerCertificate, certificates.ServerKey);
        using ITlsContext client = Context(TlsRole.Client, certificates.ClientCertificate, certificates.ClientKey);
        CutEverywhere(settings, settings, server, client, step: 101);

        ITlsContext Context(TlsRole role, string certificate, string key) => new OpenSslTlsProvider().CreateContext(new TlsSettings
        {
            Role = role,
            Authorities = Encoding.ASCII.GetBytes(certificates.Authority),
            Certificate = Encoding.ASCII.GetBytes(certificate),
            PrivateKey = Encoding.ASCII.GetBytes(key),
        });
    }

    private static void CutEverywhere(SessionSettings server, SessionSettings client, ITlsContext serverTls, ITlsContext clientTls, int step)
    {
        using Listener door = new(server, CryptoProviders.OpenSsl, serverTls, new Link.SeededRandom(1));
        long whole = Connect(door, client, clientTls, 1);
        Connect(door, client, clientTls, 2);
        List<WeakReference> sessions = [];
        int most = 0;
        // A real TLS's signatures differ in length by some bytes.
        for (long limit = 0; limit < (step == 1 ? whole : whole - 64); limit += step)
        {
            using (StreamPair cut = new(door, client, CryptoProviders.OpenSsl, clientTls, 1, limit))
            {
                cut.Run();
                Assert.Equal(limit, cut.Passed);
                Assert.True(cut.IsCut);
                // Each byte more is as many datagrams or one more.
                Assert.InRange(cut.Datagrams, most, step == 1 ? most + 1 : int.MaxValue);
                Assert.Equal(cut.Datagrams > 0, cut.Server is not null);
                most = cut.Datagrams;
                sessions.Add(new(cut.Server ?? cut.Client));
            }
            // What comes next meets a door of which the cuts before have changed nothing.
            Connect(door, client, clientTls, (int)limit + 3);
        }
        Assert.True(most > 6 && whole > 2000, $"only {most} datagrams of {whole} bytes");
        Connect(door, client, clientTls, -1);
        // The door holds none of them; this method's own places may hold the last.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.InRange(sessions.Count(s => s.IsAlive), 0, 2);
        GC.KeepAlive(door);
    }

    // Gives the length of the whole.
    private static long Connect(Listener door, SessionSettings client, ITlsContext tls, int seed)
    {
        using StreamPair pair = new(door, client, CryptoProviders.OpenSsl, tls, seed);
        pair.Run();
        Assert.True(pair.IsConnected);
        return pair.Passed;
    }
}
