// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;

namespace Tunbridge.Changes;

/// <summary>A step that the kernel did not take, and that was not needed.</summary>
public sealed record RefusedChange
{
    /// <summary>The step.</summary>
    public required Change Change { get; init; }

    /// <summary>What the kernel said.</summary>
    public required LinuxException Error { get; init; }
}
