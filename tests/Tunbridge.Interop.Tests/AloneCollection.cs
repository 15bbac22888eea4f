// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Interop.Tests;

/// <summary>Tests that start dozens of tunnels themselves: nothing else runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    internal const string Name = "alone";
}
