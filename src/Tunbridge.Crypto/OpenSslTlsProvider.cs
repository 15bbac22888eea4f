// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Crypto.Interop;
using Tunbridge.Crypto.Tls;
using Tunbridge.Tunnels;

namespace Tunbridge.Crypto;

/// <summary>TLS by OpenSSL 3 (libssl.so.3) over memory. Thread-safe.</summary>
public sealed unsafe class OpenSslTlsProvider : ITlsProvider
{
    /// <summary>Binds to the library.</summary>
    /// <exception cref="DllNotFoundException">libssl.so.3 or libcrypto.so.3 is not installed.</exception>
    public OpenSslTlsProvider() => Name = LibCrypto.Text(LibCrypto.OpenSSL_version(0));    // OPENSSL_VERSION

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public ITlsContext CreateContext(TlsSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new OpenSslTlsContext(settings);
    }
}
