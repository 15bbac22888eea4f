// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Tunbridge.Changes;

/// <summary>Settings as text, in the words of the file: those that are given, in order.</summary>
internal sealed class SettingsText
{
    private readonly List<string> _parts = [];

    internal void Add(string key, int? value)
    {
        if (value is int number)
            _parts.Add(string.Create(CultureInfo.InvariantCulture, $"{key} {number}"));
    }

    internal void Add(string key, TimeSpan? value)
    {
        if (value is TimeSpan time)
            _parts.Add(string.Create(CultureInfo.InvariantCulture, $"{key} {time.TotalSeconds}s"));
    }

    internal void Add(string key, bool? value)
    {
        if (value is bool flag)
            _parts.Add($"{key} {(flag ? "true" : "false")}");
    }

    internal void Add(string key, string? value)
    {
        if (value is not null)
            _parts.Add($"{key} {value}");
    }

    public override string ToString() => string.Join(", ", _parts);
}
