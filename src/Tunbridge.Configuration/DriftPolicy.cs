// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Configuration;

/// <summary>What the service does when a card is changed behind its back (key <c>on-drift</c>).</summary>
public enum DriftPolicy
{
    /// <summary>It says so (<c>report</c>, the default).</summary>
    Report,

    /// <summary>It says so and makes the card what is declared (<c>repair</c>).</summary>
    Repair,
}
