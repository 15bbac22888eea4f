// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Tunnels;

namespace Tunbridge.Crypto.Tests;

/// <summary>Two engines, and the bytes between them carried by hand.</summary>
internal sealed class TlsPair : IDisposable
{
    private readonly ITlsContext _clientContext, _serverContext;

    internal TlsPair(TlsSettings client, TlsSettings server)
    {
        OpenSslTlsProvider provider = new();
        _clientContext = provider.CreateContext(client);
        _serverContext = provider.CreateContext(server);
        Client = _clientContext.CreateEngine();
        Server = _serverContext.CreateEngine();
    }

    internal ITlsEngine Client { get; }

    internal ITlsEngine Server { get; }

    internal DateTimeOffset Now { get; init; } = TestAuthority.Now;

    /// <summary>Carries until nothing moves; in pieces of the given size.</summary>
    internal TlsPair Run(int piece = 4096)
    {
        Client.Step(Now, default);
        byte[] buffer = new byte[piece];
        for (bool moved = true; moved;)
        {
            moved = false;
            for (int n = Client.TakeCiphertext(buffer); n > 0; n = Client.TakeCiphertext(buffer))
            {
                Server.Step(Now, buffer.AsSpan(0, n));
                moved = true;
            }

            for (int n = Server.TakeCiphertext(buffer); n > 0; n = Server.TakeCiphertext(buffer))
            {
                Client.Step(Now, buffer.AsSpan(0, n));
                moved = true;
            }
        }

        return this;
    }

    public void Dispose()
    {
        Client.Dispose();
        Server.Dispose();
        _clientContext.Dispose();
        _serverContext.Dispose();
    }
}
