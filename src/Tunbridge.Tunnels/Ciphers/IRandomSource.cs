// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Tunnels;

/// <summary>Where a core has its random bytes from; a test gives one that repeats. Thread-safe.</summary>
public interface IRandomSource
{
    /// <summary>Fills a span with bytes that nobody can foretell.</summary>
    /// <param name="destination">Written in full.</param>
    void Fill(Span<byte> destination);
}
