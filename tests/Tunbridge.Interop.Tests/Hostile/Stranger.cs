// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Tunbridge.Crypto;
using Tunbridge.OpenVpn.Control;
using Tunbridge.Testing;
using Tunbridge.Tunnels;

namespace Tunbridge.Interop.Tests.Hostile;

/// <summary>Somebody with a client's certificate who begins handshakes, packet by packet.</summary>
internal sealed class Stranger : IDisposable
{
    private readonly ITlsContext _tls;

    internal Stranger()
    {
        (string certificate, string key) = TestAuthority.Shared.Issue("client1");
        _tls = new OpenSslTlsProvider().CreateContext(new TlsSettings
        {
            Role = TlsRole.Client,
            Authorities = Encoding.ASCII.GetBytes(TestAuthority.Shared.Certificate),
            Certificate = Encoding.ASCII.GetBytes(certificate),
            PrivateKey = Encoding.ASCII.GetBytes(key),
        });
    }

    /// <summary>A handshake that has not sent anything yet; the caller disposes it, before this.</summary>
    internal Session Begin(SessionSettings settings) =>
        Session.Connect(settings, CryptoProviders.Best, _tls, CryptoProviders.OpenSsl, DateTimeOffset.UtcNow);

    public void Dispose() => _tls.Dispose();
}
