// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Devices.Tests;

/// <summary>Tests that count what belongs to the whole process: no other test runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "alone";
}
