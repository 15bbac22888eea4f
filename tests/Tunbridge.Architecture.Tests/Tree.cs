// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Architecture.Tests;

/// <summary>The files of the repository that the tests were built from.</summary>
internal static class Tree
{
    internal static string Root { get; } = FindRoot();

    /// <summary>Our C# files below a folder, without what the build wrote.</summary>
    internal static IEnumerable<string> Sources(params IEnumerable<string> folders) => folders
        .Select(f => Path.Combine(Root, f))
        .Where(Directory.Exists)
        .SelectMany(f => Directory.EnumerateFiles(f, "*.cs", SearchOption.AllDirectories))
        .Where(f => !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/bin/", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);

    internal static string Relative(string path) => Path.GetRelativePath(Root, path);

    private static string FindRoot()
    {
        string? directory = AppContext.BaseDirectory;
        while (directory is not null && !File.Exists(Path.Combine(directory, "Tunbridge.slnx")))
            directory = Path.GetDirectoryName(directory);
        return directory ?? throw new InvalidOperationException("Tunbridge.slnx is in no folder above the tests.");
    }
}
