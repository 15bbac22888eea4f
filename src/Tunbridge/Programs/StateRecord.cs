// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Programs;

/// <summary>A <see cref="StateFile"/> as it was read.</summary>
internal sealed record StateRecord
{
    public required string Path { get; init; }

    public required IReadOnlyDictionary<string, string> Fields { get; init; }
}
