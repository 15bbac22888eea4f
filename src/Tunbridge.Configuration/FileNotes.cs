// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Configuration;

/// <summary>What is right in a file and does nothing, which whoever wrote it may not expect.</summary>
public static class FileNotes
{
    /// <summary>The notes of a file, each with its place; empty when there is nothing to say.</summary>
    /// <param name="desired">The file.</param>
    public static IReadOnlyList<Diagnostic> Find(DesiredState desired)
    {
        ArgumentNullException.ThrowIfNull(desired);
        return [.. desired.Devices.Where(d => d is { Queues: > 1, KeepCarrier: false, IsAbsent: false }).Select(Unheld).Distinct()];
    }

    private static Diagnostic Unheld(DeviceDefinition device)
    {
        SourcePosition position = device.PositionOf("queues");
        return new()
        {
            Path = position.Path,
            Line = position.Line,
            Column = position.Column,
            Key = $"devices.{device.Template ?? device.Name}.queues",
            Message = $"nothing opens {device.Queues} queues without keep-carrier: true: other programs open as many as they like",
        };
    }
}
