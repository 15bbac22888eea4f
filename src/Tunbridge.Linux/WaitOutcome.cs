// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Linux;

/// <summary>What a wait ended with.</summary>
public enum WaitOutcome
{
    /// <summary>The first descriptor is readable, or in error (the next read tells which).</summary>
    Ready,

    /// <summary>The wake-up event was set.</summary>
    Woken,

    /// <summary>The time ran out.</summary>
    TimedOut,
}
