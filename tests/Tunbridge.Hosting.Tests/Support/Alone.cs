// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Hosting.Tests;

/// <summary>Tests that count what the whole process does, and so run when no others do.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    /// <summary>The collection's name.</summary>
    public const string Name = "alone";
}
