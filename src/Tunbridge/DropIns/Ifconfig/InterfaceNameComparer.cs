// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.DropIns;

/// <summary>The order of ifconfig's list: by stem, then by trailing number, a card's numbered aliases right after it.</summary>
internal sealed class InterfaceNameComparer : IComparer<string>
{
    internal static InterfaceNameComparer Instance { get; } = new();

    public int Compare(string? x, string? y)
    {
        (ReadOnlySpan<char> left, int leftAlias) = Split(x);
        (ReadOnlySpan<char> right, int rightAlias) = Split(y);
        int leftStem = StemLength(left), rightStem = StemLength(right);
        int order = left[..leftStem].CompareTo(right[..rightStem], StringComparison.Ordinal);
        if (order == 0)
            order = Number(left[leftStem..]).CompareTo(Number(right[rightStem..]));
        if (order == 0)
            order = left.CompareTo(right, StringComparison.Ordinal);
        return order != 0 ? order : leftAlias.CompareTo(rightAlias);
    }

    private static (string Name, int Alias) Split(string? name)
    {
        name ??= "";
        int colon = name.LastIndexOf(':');
        bool numbered = colon >= 0 && colon + 1 < name.Length && StemLength(name.AsSpan(colon + 1)) == 0;
        return numbered ? (name[..colon], Number(name.AsSpan(colon + 1))) : (name, -1);
    }

    private static int StemLength(ReadOnlySpan<char> name)
    {
        int length = name.Length;
        while (length > 0 && char.IsAsciiDigit(name[length - 1]))
            length--;
        return length;
    }

    private static int Number(ReadOnlySpan<char> digits) => digits.IsEmpty ? -1 : CNumber.ParseInt32(digits, 10);
}
