// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Linux;

/// <summary>A packet that a <see cref="PacketSocket"/> saw.</summary>
public readonly record struct ObservedPacket
{
    /// <summary>Its length in bytes, which may exceed the buffer's.</summary>
    public required int Length { get; init; }

    /// <summary>Whether the kernel sent it to the interface (host to network).</summary>
    public required bool IsOutbound { get; init; }

    /// <summary>When the kernel saw it, in nanoseconds since 1970.</summary>
    public required long UnixNanoseconds { get; init; }
}
