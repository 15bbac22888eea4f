// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Configuration.Yaml;

namespace Tunbridge.Configuration.Reading;

/// <summary>What the top of a file says of its cards.</summary>
internal sealed class FileScope
{
    internal static readonly string[] ConflictWords = ["fail", "adopt", "recreate"];
    internal static readonly string[] DriftWords = ["report", "repair"];
    internal static readonly string[] StopWords = ["leave", "remove"];

    internal FileScope(KeyGroup policies, KeyGroup? defaults) => (Policies, Defaults) = (policies, defaults);

    /// <summary>The keys <c>on-…</c>.</summary>
    internal KeyGroup Policies { get; }

    /// <summary>The keys below <c>defaults</c>; null when there are none.</summary>
    internal KeyGroup? Defaults { get; }

    /// <summary>The values of a template's number in the text of a file's top: see <see cref="CardTemplate"/>.</summary>
    internal FileScope Expand(int number) => new(Policies, Defaults is null ? null : CardTemplate.Expand(Defaults, number));
}
