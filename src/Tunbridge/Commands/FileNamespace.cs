// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Configuration;
using Tunbridge.Linux;

namespace Tunbridge.Commands;

/// <summary>One network namespace that cards of a file are in, held open.</summary>
internal sealed class FileNamespace
{
    private readonly NetworkNamespace? _target;

    /// <param name="target">The namespace; null where it is the one that the threads of the program are in.</param>
    internal FileNamespace(NetworkNamespace? target) => _target = target;

    /// <summary>What leads to it from the program's own; null for the program's own.</summary>
    internal required string? Name { get; init; }

    /// <summary>The file, with the cards that are in it.</summary>
    internal required DesiredState Part { get; init; }

    /// <summary>Runs in it. Not to be called from within the running in another: each begins on a thread of the program's own.</summary>
    /// <exception cref="LinuxException">It may not be entered.</exception>
    internal T Run<T>(Func<T> action) => _target is null ? action() : _target.Run(action);

    /// <inheritdoc cref="Run{T}"/>
    internal void Run(Action action) => Run(() =>
    {
        action();
        return 0;
    });
}
