// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Tunbridge.Testing;

namespace Tunbridge.Netlink.Tests;

/// <summary>What <c>ip -j</c> prints, as the oracle of what the kernel says.</summary>
internal static class IpOutput
{
    /// <summary>The objects of a listing; the empty ones that ip prints for other families are left out.</summary>
    internal static List<JsonElement> Json(TestNamespace space, string words)
    {
        string text = space.Ip("-j -d " + words);
        return text.Trim().Length == 0
            ? []
            : [.. JsonDocument.Parse(text).RootElement.EnumerateArray().Where(e => e.EnumerateObject().Any())];
    }

    internal static string? Text(this JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) ? value.ToString() : null;

    internal static long? Number(this JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) ? value.GetInt64() : null;

    internal static bool Is(this JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.True;

    internal static string[] Strings(this JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) ? [.. value.EnumerateArray().Select(v => v.GetString()!)] : [];
}
