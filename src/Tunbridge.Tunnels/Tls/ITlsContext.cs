// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Tunnels;

/// <summary>Settings that have been read, shared by the connections made from them. Thread-safe.</summary>
public interface ITlsContext : IDisposable
{
    /// <summary>Remarks on the settings that do not hinder them: a weak signature, a group left out; mostly none.</summary>
    IReadOnlyList<string> Remarks { get; }

    /// <summary>Our own certificate, null when we show none.</summary>
    PeerCertificate? OwnCertificate { get; }

    /// <summary>Begins a connection; a client's first message waits to be taken after the first step.</summary>
    /// <returns>The engine; the caller disposes it.</returns>
    /// <exception cref="ObjectDisposedException">The context has been disposed.</exception>
    ITlsEngine CreateEngine();
}
