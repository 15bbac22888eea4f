// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Tunnels;

/// <summary>Tells by a datagram's first bytes what it is; pure, thread-safe.</summary>
public interface IDatagramClassifier
{
    /// <summary>Classifies a datagram.</summary>
    /// <param name="datagram">What came; unauthenticated.</param>
    /// <param name="index">The peer that it names, with <see cref="DatagramClass.DataByIndex"/>.</param>
    /// <returns>What to do with it.</returns>
    DatagramClass Classify(ReadOnlySpan<byte> datagram, out uint index);
}
