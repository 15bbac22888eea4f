// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;

namespace Tunbridge.Netlink;

/// <summary>A command of a batch that the kernel refused.</summary>
public sealed record NetlinkBatchFailure
{
    /// <summary>The command's index, counted from 0 in the order of recording.</summary>
    public required int Index { get; init; }

    /// <summary>Why it was refused.</summary>
    public required LinuxException Error { get; init; }
}
