// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Tunbridge.Changes;

/// <summary>The kernel's rules for names of cards, told before the kernel refuses.</summary>
public static class CardName
{
    /// <summary>The longest name, in bytes of UTF-8.</summary>
    public const int MaximumLength = 15;

    /// <summary>What is wrong with a name, and what is allowed; null when it is fine.</summary>
    /// <param name="name">The name; templates (<c>tap%d</c>) are not names.</param>
    public static string? FindMistake(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length == 0)
            return "a card's name is empty, allowed are 1 to 15 bytes";
        int bytes = Encoding.UTF8.GetByteCount(name);
        if (bytes > MaximumLength)
            return $"the name '{name}' has {bytes} bytes, allowed are at most {MaximumLength}";
        if (name is "." or "..")
            return $"the name '{name}' is not allowed: the kernel refuses . and ..";
        foreach (char c in name)
        {
            // dev_valid_name refuses slash, colon and whitespace; a percent sign would make it a template.
            if (c is '/' or ':' or '%' || char.IsWhiteSpace(c) || char.IsControl(c))
            {
                string shown = char.IsControl(c) ? "a control character" : char.IsWhiteSpace(c) ? "a blank" : $"'{c}'";
                return $"the name '{name}' has {shown}, allowed are 1 to {MaximumLength} bytes without '/', ':', '%' and blanks";
            }
        }

        return null;
    }

    /// <summary>What is wrong with an MTU for a kind of card; null when it is fine.</summary>
    /// <param name="kind">The kind; null for either.</param>
    /// <param name="mtu">The MTU in bytes.</param>
    public static string? FindMtuMistake(CardKind? kind, long mtu)
    {
        int maximum = kind == CardKind.Tap ? CardSettings.MaximumTapMtu : CardSettings.MaximumTunMtu;
        string which = kind switch { CardKind.Tap => " for a TAP", CardKind.Tun => " for a TUN", _ => "" };
        return mtu >= CardSettings.MinimumMtu && mtu <= maximum
            ? null
            : $"MTU {mtu} is out of range, allowed are {CardSettings.MinimumMtu} to {maximum}{which}";
    }
}
