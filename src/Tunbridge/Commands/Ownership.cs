// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Cards;

namespace Tunbridge.Commands;

/// <summary>Whose card a command may touch: any that Tunbridge made, others only when forced.</summary>
internal static class Ownership
{
    /// <summary>Gives the card's instance, null for a foreign card that is forced.</summary>
    /// <exception cref="RefusedException">The card is foreign.</exception>
    internal static string? Require(Card card, bool force, string command) =>
        card.Instance is not null || force
            ? card.Instance
            : throw new RefusedException(
                $"{card.Name} was not made by tunbridge, so it is left alone: to {command} it all the same, add --force");
}
