// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Tunbridge.Linux;

namespace Tunbridge.Devices;

/// <summary>The kernel's rules for the name of an interface, checked before the kernel is asked.</summary>
/// <remarks>The kernel answers a bad name with EINVAL, cuts a long one silently, and says nothing of why.</remarks>
public static class CardName
{
    /// <summary>The longest name, in bytes of UTF-8.</summary>
    public const int MaximumLength = TunControl.MaximumNameLength;

    /// <summary>Checks the name of a card.</summary>
    /// <param name="name">The name.</param>
    /// <param name="allowTemplate">Whether one <c>%d</c>, which the kernel replaces by a number, is allowed.</param>
    /// <exception cref="ArgumentException">
    /// The message is one sentence that says what is wrong and what is allowed.
    /// </exception>
    public static void Validate(string name, bool allowTemplate = false)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!TryValidate(name, out string? why, allowTemplate))
            throw new ArgumentException(why, nameof(name));
    }

    /// <summary>Checks the name of a card.</summary>
    /// <param name="name">The name.</param>
    /// <param name="why">One sentence that says what is wrong and what is allowed, when the result is false.</param>
    /// <param name="allowTemplate">Whether one <c>%d</c>, which the kernel replaces by a number, is allowed.</param>
    public static bool TryValidate(string? name, [NotNullWhen(false)] out string? why, bool allowTemplate = false)
    {
        why = Judge(name, allowTemplate);
        return why is null;
    }

    private static string? Judge(string? name, bool allowTemplate)
    {
        if (string.IsNullOrEmpty(name))
            return "The name of a card is empty; it has 1 to 15 bytes.";
        if (name is "." or "..")
            return $"'{name}' is no name for a card: '.' and '..' are reserved.";
        int length = Encoding.UTF8.GetByteCount(name);
        if (length > MaximumLength)
            return $"The name '{name}' has {length} bytes; a card's name has at most {MaximumLength}.";
        foreach (char c in name)
        {
            if (c is '/' or ':')
                return $"The name '{name}' contains '{c}'; a card's name has no '/', ':' or blank.";
            // The kernel's isspace() is ASCII and Latin-1; control characters would only confuse who reads the name.
            if (char.IsWhiteSpace(c) || char.IsControl(c))
            {
                return $"The name '{name}' contains a blank or a control character; " +
                    "a card's name has no '/', ':' or blank.";
            }
        }

        int percent = name.IndexOf('%');
        if (percent < 0)
            return null;
        if (!allowTemplate)
            return $"The name '{name}' contains '%'; a template such as tap%d is for creating cards only.";
        return percent + 1 < name.Length && name[percent + 1] == 'd' && name.IndexOf('%', percent + 1) < 0
            ? null
            : $"The template '{name}' may contain '%' only once, as %d.";
    }
}
