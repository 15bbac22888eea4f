// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Changes;

namespace Tunbridge.Configuration;

/// <summary>What a configuration file declares, free of mistakes that can be seen without the kernel.</summary>
public sealed record DesiredState
{
    /// <summary>The file as it was named; <see cref="ConfigurationFile.DefaultName"/> for the embedded default.</summary>
    public required string Path { get; init; }

    /// <summary>Whether it is the embedded default.</summary>
    public bool IsEmbeddedDefault { get; init; }

    /// <summary>Whose the cards are: the given name, else a hash of the file's real path.</summary>
    public required string Instance { get; init; }

    /// <summary>The file's real path, or the path it would have; what follows the instance in marks.</summary>
    public string RealPath { get; init; } = "";

    /// <summary>The mark of its cards.</summary>
    public OwnershipMark Mark => new() { Instance = Instance, Comment = RealPath };

    /// <summary>The files that were read, the main one first, then those of its drop-in directory in name order.</summary>
    public IReadOnlyList<ConfigurationSource> Sources { get; init; } = [];

    /// <summary>The cards in the order of the files, templates expanded; absent ones are among them.</summary>
    public IReadOnlyList<DeviceDefinition> Devices { get; init; } = [];

    /// <summary>The tunnels in the order of the files; <c>tunbridge serve</c> runs them.</summary>
    public IReadOnlyList<TunnelDefinition> Tunnels { get; init; } = [];
}
