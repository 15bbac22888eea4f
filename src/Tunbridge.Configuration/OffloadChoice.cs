// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Configuration;

/// <summary>Who decides which packets a card hands out unfinished (key <c>offload</c>).</summary>
public enum OffloadChoice
{
    /// <summary>Whoever attaches.</summary>
    Auto,

    /// <summary>Nobody: a new card's mask is cleared explicitly.</summary>
    Off,
}
