// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Configuration;

/// <summary>Keys that the file may have and that nothing carries out yet: told, never ignored.</summary>
public static class NotYetSupported
{
    // A key leaves this list in the commit that carries it out.
    private static readonly string[] s_keys =
    [
        "description", "queues", "alt-names", "after", "requires",
    ];

    /// <summary>What of a file is not carried out yet, each with its place; empty when all is.</summary>
    /// <param name="desired">The file.</param>
    public static IReadOnlyList<Diagnostic> Find(DesiredState desired)
    {
        ArgumentNullException.ThrowIfNull(desired);
        return [.. desired.Devices.SelectMany(FindIn).Distinct().OrderBy(d => d.Path, StringComparer.Ordinal)
            .ThenBy(d => d.Line).ThenBy(d => d.Column)];
    }

    /// <summary>What of a card is not carried out yet.</summary>
    /// <param name="device">The card.</param>
    public static IEnumerable<Diagnostic> FindIn(DeviceDefinition device)
    {
        ArgumentNullException.ThrowIfNull(device);
        foreach (string key in s_keys)
        {
            if (device.KeyPositions.TryGetValue(key, out SourcePosition position))
                yield return At(position, $"devices.{device.Template ?? device.Name}.{key}", $"{key} is not yet supported");
        }
    }

    private static Diagnostic At(SourcePosition position, string key, string message) => new()
    {
        Path = position.Path,
        Line = position.Line,
        Column = position.Column,
        Key = key,
        Message = message,
    };
}
