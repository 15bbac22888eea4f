// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.RegularExpressions;
using Tunbridge.Configuration.Yaml;

namespace Tunbridge.Configuration.Reading;

/// <summary>A name that stands for many cards, such as <c>tap{0..15}</c>, and <c>{n}</c> in their values.</summary>
/// <remarks>
/// In values <c>{n}</c> is the card's number, <c>{n+100}</c> and <c>{n-1}</c> one beside it, <c>{n:02}</c> padded,
/// <c>{n:x}</c> and <c>{n:02x}</c> hexadecimal; <c>{{n}}</c> is the text <c>{n}</c>. Nothing else is replaced and nothing
/// is counted up by itself.
/// </remarks>
internal sealed partial class CardTemplate
{
    /// <summary>The most cards that files may declare.</summary>
    internal const int MaximumCards = 4096;

    private readonly string _before;
    private readonly string _after;
    private readonly int _first;
    private readonly int _last;
    private readonly int _width;

    private CardTemplate(string before, string after, int first, int last, int width) =>
        (_before, _after, _first, _last, _width) = (before, after, first, last, width);

    internal int Count => _last - _first + 1;

    /// <summary>The numbers with the names they make.</summary>
    internal IEnumerable<(int Number, string Name)> Names
    {
        get
        {
            for (int n = _first; n <= _last; n++)
                yield return (n, _before + n.ToString("D" + _width, CultureInfo.InvariantCulture) + _after);
        }
    }

    /// <summary>Reads a name with braces; null with a mistake when it is no template, without when it is a plain name.</summary>
    internal static CardTemplate? Read(string name, out string? mistake)
    {
        mistake = null;
        if (!name.AsSpan().ContainsAny('{', '}'))
            return null;
        const string Allowed = "allowed is one such as tap{0..15}";
        Match match = NamePattern().Match(name);
        if (!match.Success ||
            !int.TryParse(match.Groups["first"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int first) ||
            !int.TryParse(match.Groups["last"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int last))
        {
            mistake = $"'{name}' is no template for names, {Allowed}";
            return null;
        }

        if (last < first)
            mistake = $"the template '{name}' counts down, {Allowed}";
        else if (last - first >= MaximumCards)
            mistake = $"the template '{name}' makes {last - first + 1} cards, allowed are at most {MaximumCards}";
        string digits = match.Groups["first"].Value;
        int width = digits.Length > 1 && digits[0] == '0' ? digits.Length : 1;
        return mistake is null ? new(match.Groups["before"].Value, match.Groups["after"].Value, first, last, width) : null;
    }

    /// <summary>A node with the number in its texts; keys and places stay.</summary>
    internal static YamlNode Expand(YamlNode node, int number) => node switch
    {
        YamlScalar scalar when scalar.Text.Contains("{n", StringComparison.Ordinal) => scalar with { Text = Expand(scalar.Text, number) },
        YamlSequence list => list with { Items = [.. list.Items.Select(i => Expand(i, number))] },
        YamlMapping group => group with
        {
            Entries = [.. group.Entries.Select(e => new KeyValuePair<YamlScalar, YamlNode>(e.Key, Expand(e.Value, number)))],
        },
        _ => node,
    };

    /// <summary>The same for a group of keys.</summary>
    internal static KeyGroup Expand(KeyGroup group, int number)
    {
        KeyGroup expanded = new(group.Path, group.Node);
        foreach (KeyGroup.Entry entry in group.Entries.Select(e => e.Value))
            expanded.TryAdd(entry.Key, Expand(entry.Value, number), entry.Group);
        return expanded;
    }

    private static string Expand(string text, int number) => PlacePattern().Replace(text, match =>
    {
        if (match.Groups["literal"].Success)
            return match.Value[1..^1];
        long value = number;
        if (match.Groups["offset"].Success)
            value += long.Parse(match.Groups["offset"].ValueSpan, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        int width = match.Groups["width"].Success ? match.Groups["width"].ValueSpan[1] - '0' : 1;
        return value.ToString((match.Groups["hex"].Success ? "x" : "D") + width, CultureInfo.InvariantCulture);
    });

    [GeneratedRegex(@"^(?<before>[^{}]*)\{(?<first>[0-9]{1,6})\.\.(?<last>[0-9]{1,6})\}(?<after>[^{}]*)$", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();

    [GeneratedRegex(
        @"\{(?<literal>\{n[^{}]*\})\}|\{n(?<offset>[+-][0-9]{1,9})?(?::(?<width>0[1-9])?(?<hex>x)?)?\}",
        RegexOptions.CultureInvariant)]
    private static partial Regex PlacePattern();
}
