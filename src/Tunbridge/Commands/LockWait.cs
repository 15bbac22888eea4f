// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Output;

namespace Tunbridge.Commands;

/// <summary>What happens while another run holds a namespace's lock.</summary>
internal sealed class LockWait
{
    /// <summary>Told before the waiting.</summary>
    internal Action Began { get; init; } = () => Terminal.Warn("note: another run is changing this namespace; waiting for it");

    /// <summary>Told after it, however it ends.</summary>
    internal Action? Ended { get; init; }

    /// <summary>Ends it.</summary>
    internal CancellationToken Cancelled { get; init; }
}
