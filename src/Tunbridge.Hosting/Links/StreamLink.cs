// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;

namespace Tunbridge.Hosting;

/// <summary>A tunnel's wire over TCP: one connection to a server, or a server's door with all its connections.</summary>
/// <remarks>
/// Packets follow each other in the stream, each after its length in two bytes. A connection whose lengths make no sense is closed,
/// and the owner hears why.
/// </remarks>
public sealed class StreamLink : ITunnelLink
{
    private readonly StreamLinkOptions _options;

    private StreamLink(StreamLinkOptions options) => _options = options;

    /// <inheritdoc/>
    public bool IsStream => true;

    /// <inheritdoc/>
    public DatagramAddress Local => _options.Local;

    /// <summary>
    /// Begins to connect; returns at once. The pump's owner hears of the connection, or why there is none, when the pump runs.
    /// </summary>
    /// <param name="options">Where to.</param>
    /// <returns>The link; the caller, or its pump, disposes it.</returns>
    /// <exception cref="LinuxException">The kernel refused at once.</exception>
    public static StreamLink Connect(StreamLinkOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new StreamLink(options);
    }

    /// <summary>Opens a door; connections are taken when the pump runs.</summary>
    /// <param name="options">Where.</param>
    /// <returns>The link; the caller, or its pump, disposes it.</returns>
    /// <exception cref="LinuxException">The kernel refused: EADDRINUSE, EADDRNOTAVAIL.</exception>
    public static StreamLink Listen(StreamLinkOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new StreamLink(options);
    }

    /// <inheritdoc/>
    public bool TrySend(in LinkPath to, ReadOnlySpan<byte> datagram) => false;

    /// <inheritdoc/>
    public void Disconnect(in LinkPath path)
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    /// <inheritdoc/>
    public ILinkSender OpenSender(int capacity) => throw new NotSupportedException();

    /// <inheritdoc/>
    public void Run(ILinkReceiver receiver, int capacity, CancellationToken cancellationToken) => throw new NotSupportedException();
}
