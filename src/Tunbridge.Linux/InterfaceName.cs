// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Tunbridge.Linux;

/// <summary>The kernel's rules for the name of an interface, checked before the kernel is asked.</summary>
/// <remarks>The kernel answers a bad name with EINVAL, cuts a long one silently, and says nothing of why.</remarks>
public static class InterfaceName
{
    /// <summary>The longest name, in bytes of UTF-8.</summary>
    public const int MaximumLength = TunControl.MaximumNameLength;

    /// <summary>The longest further name (ALTIFNAMSIZ less its end), in bytes of UTF-8.</summary>
    public const int MaximumAlternativeLength = 127;

    private const int MaximumShown = 40;

    /// <summary>What is wrong with a name and what is allowed, in one line; null when it is fine.</summary>
    /// <param name="name">The name.</param>
    /// <param name="allowTemplate">Whether one <c>%d</c>, which becomes a number at creation, is allowed.</param>
    public static string? FindMistake(string name, bool allowTemplate = false)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length == 0)
            return $"a card's name is empty, allowed are 1 to {MaximumLength} bytes";
        int bytes = Encoding.UTF8.GetByteCount(name);
        if (bytes > MaximumLength)
            return $"the name '{Show(name)}' has {bytes} bytes, allowed are at most {MaximumLength}";
        if (name is "." or "..")
            return $"the name '{name}' is not allowed: the kernel refuses . and ..";
        // They would collide with the directories of net.ipv4.conf (EINVAL).
        if (name is "all" or "default")
            return $"the name '{name}' is not allowed: the kernel keeps all and default for its settings";
        foreach (char c in name)
        {
            // The kernel's isspace() is ASCII and Latin-1; control characters would only confuse who reads the name.
            if (c is '/' or ':' || char.IsWhiteSpace(c) || char.IsControl(c))
            {
                string what = char.IsControl(c) ? "a control character" : char.IsWhiteSpace(c) ? "a blank" : $"'{c}'";
                return $"the name '{Show(name)}' has {what}, " +
                    $"allowed are 1 to {MaximumLength} bytes without '/', ':', '%' and blanks";
            }
        }

        int percent = name.IndexOf('%');
        if (percent < 0 || (allowTemplate && name.AsSpan(percent).StartsWith("%d") && name.LastIndexOf('%') == percent))
            return null;
        return $"the name '{name}' has '%', which is allowed " +
            (allowTemplate ? "only once, as %d for a number" : "only as %d, for a number, in a card that is to be created");
    }

    /// <summary>What is wrong with a further name of a card and what is allowed, in one line; null when it is fine.</summary>
    /// <remarks>The kernel takes any text of 127 bytes; `ip` knows none with '/' and blanks.</remarks>
    /// <param name="name">The further name.</param>
    /// <param name="card">The card's own name.</param>
    public static string? FindAlternativeMistake(string name, string card)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(card);
        int length = Encoding.UTF8.GetByteCount(name);
        if (length is > 0 and <= MaximumAlternativeLength && !name.Any(c => c == '/' || char.IsWhiteSpace(c) || char.IsControl(c)))
            return name == card ? $"'{name}' is the card's name already, allowed are further ones" : null;
        string shown = length <= MaximumAlternativeLength ? name : $"{name[..20]}…";
        return $"'{shown}' is no further name, allowed are 1 to {MaximumAlternativeLength} bytes without '/' and blanks";
    }

    /// <summary>Checks the name of a card.</summary>
    /// <param name="name">The name.</param>
    /// <param name="allowTemplate">Whether one <c>%d</c>, which becomes a number at creation, is allowed.</param>
    /// <exception cref="ArgumentException">The message says what is wrong and what is allowed.</exception>
    public static void ThrowIfMistaken(string name, bool allowTemplate = false)
    {
        if (FindMistake(name, allowTemplate) is string mistake)
            throw new ArgumentException(mistake, nameof(name));
    }

    // One short line, whatever somebody wrote: no line ends, no sequences for the terminal, no megabytes.
    private static string Show(string name)
    {
        string shown = name.Length > MaximumShown ? name[..MaximumShown] + "…" : name;
        return string.Create(shown.Length, shown, static (span, text) =>
        {
            for (int i = 0; i < text.Length; i++)
                span[i] = char.IsControl(text[i]) || char.IsSurrogate(text[i]) ? '\uFFFD' : text[i];
        });
    }
}
