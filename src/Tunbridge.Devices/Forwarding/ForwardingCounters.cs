// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Devices;

/// <summary>What one direction of a <see cref="Forwarder"/> has carried so far.</summary>
/// <remarks>
/// A superpacket that passes whole counts as one packet, with all its bytes; one that is cut counts as its segments.
/// </remarks>
public sealed record ForwardingCounters
{
    /// <summary>Packets that the other card took.</summary>
    public long Packets { get; init; }

    /// <summary>Their bytes.</summary>
    public long Bytes { get; init; }

    /// <summary>Superpackets among them, or that were cut into them.</summary>
    public long Superpackets { get; init; }

    /// <summary>Packets dropped because they exceed the other card's MTU.</summary>
    public long TooBig { get; init; }

    /// <summary>Packets dropped because the other card was down (EIO).</summary>
    public long LinkDown { get; init; }

    /// <summary>Packets dropped because the kernel had no room for them (EAGAIN, ENOBUFS).</summary>
    public long QueueFull { get; init; }

    /// <summary>Packets dropped because the other card was not there.</summary>
    public long Gone { get; init; }

    /// <summary>Packets that the kernel refused as malformed (EINVAL), or that could not be cut into segments.</summary>
    public long Malformed { get; init; }

    /// <summary>Packets refused for any other reason.</summary>
    public long Refused { get; init; }

    /// <summary>Packets dropped, whatever the reason.</summary>
    public long Dropped => TooBig + LinkDown + QueueFull + Gone + Malformed + Refused;

    /// <summary>Adds up two directions, or two queues of one.</summary>
    /// <param name="left">The one.</param>
    /// <param name="right">The other.</param>
    public static ForwardingCounters Add(ForwardingCounters left, ForwardingCounters right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new()
        {
            Packets = left.Packets + right.Packets,
            Bytes = left.Bytes + right.Bytes,
            Superpackets = left.Superpackets + right.Superpackets,
            TooBig = left.TooBig + right.TooBig,
            LinkDown = left.LinkDown + right.LinkDown,
            QueueFull = left.QueueFull + right.QueueFull,
            Gone = left.Gone + right.Gone,
            Malformed = left.Malformed + right.Malformed,
            Refused = left.Refused + right.Refused,
        };
    }
}
