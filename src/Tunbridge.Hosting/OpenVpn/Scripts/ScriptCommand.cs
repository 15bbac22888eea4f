// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Settings;

namespace Tunbridge.Hosting.OpenVpn;

/// <summary>A program that a directive names, with the words written behind it. No shell ever sees it.</summary>
internal sealed record ScriptCommand
{
    /// <summary>What the scripts hear as script_type.</summary>
    internal required string Kind { get; init; }

    internal required string Program { get; init; }

    internal IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Reads a command.</summary>
    /// <param name="directive">Names it in its first parameter.</param>
    /// <param name="kind">What the scripts hear as script_type.</param>
    /// <param name="security">The value of script-security.</param>
    /// <param name="resolve">Makes a relative path a whole one.</param>
    /// <exception cref="TunnelConfigurationException">It cannot be cut into words, or no program may be called.</exception>
    internal static ScriptCommand Parse(Directive directive, string kind, int security, Func<string, string> resolve)
    {
        if (directive.At(0) is not { } text || !LineWords.TrySplit(text, out List<string> words, out string problem))
            throw new TunnelConfigurationException(directive, "names no program");
        if (problem.Length > 0 || words.Count == 0)
            throw new TunnelConfigurationException(directive, $"names no program: {problem}");
        if (security < 2)
        {
            throw new TunnelConfigurationException(directive,
                $"External program may not be called unless '--script-security 2' or higher is enabled: add script-security 2 (it is {security})");
        }
        return new() { Kind = kind, Program = resolve(words[0]), Arguments = words[1..] };
    }
}
