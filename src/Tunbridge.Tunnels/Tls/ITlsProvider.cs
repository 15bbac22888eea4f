// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Tunnels;

/// <summary>Reads settings once, for any number of TLS connections. Thread-safe.</summary>
public interface ITlsProvider
{
    /// <summary>What does the work, for people: "OpenSSL 3.0.19 27 Jan 2026".</summary>
    string Name { get; }

    /// <summary>Reads certificates, keys and choices.</summary>
    /// <param name="settings">Our identity, whom we trust, and what the peer has to be.</param>
    /// <returns>The context; the caller disposes it, engines made from it live on.</returns>
    /// <exception cref="TlsSettingsException">They cannot work; says which and why.</exception>
    ITlsContext CreateContext(TlsSettings settings);
}
