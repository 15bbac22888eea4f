// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Tunbridge.Linux;

namespace Tunbridge.Commands;

/// <summary>The network namespace that a command works in.</summary>
internal static class TargetNamespace
{
    internal static Option<string?> Option() => new Option<string?>("--netns")
    {
        Description = "Work in this network namespace: a name, a path or a process id",
        HelpName = "NS",
    }.NotEmpty();

    /// <summary>Runs in the asked-for namespace, or where the thread is.</summary>
    internal static T In<T>(string? networkNamespace, Func<T> action)
    {
        if (networkNamespace is null)
            return action();
        using NetworkNamespace target = NetworkNamespace.Open(networkNamespace);
        using NetworkNamespace here = NetworkNamespace.OpenCurrent();
        // Whoever is in it already needs no right to enter it.
        return target.Inode == here.Inode ? action() : target.Run(action);
    }
}
