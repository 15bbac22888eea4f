// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Linux.Tests;

/// <summary>Tests that change what belongs to the whole process: no other test runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "alone";
}
