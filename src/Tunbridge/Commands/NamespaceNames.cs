// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Commands;

/// <summary>The network namespaces that have names.</summary>
internal static class NamespaceNames
{
    private const string Place = "/run/netns";

    internal static IReadOnlyList<string> List() => Directory.Exists(Place)
        ? [.. Directory.EnumerateFiles(Place).Select(p => Path.GetFileName(p)).Order(StringComparer.Ordinal)]
        : [];
}
