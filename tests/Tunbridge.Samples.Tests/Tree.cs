// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Samples.Tests;

/// <summary>The files of the repository that the tests were built from.</summary>
internal static class Tree
{
    internal static string Root { get; } = FindRoot();

    /// <summary>The folder of a sample's program, as built together with these tests.</summary>
    internal static string SampleOutput(string sample)
    {
        // …/bin/CONFIGURATION/FRAMEWORK/, for the tests as for the samples.
        string framework = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        string configuration = Path.GetDirectoryName(framework)!;
        return Path.Combine(
            Root, "samples", sample, "bin", Path.GetFileName(configuration), Path.GetFileName(framework));
    }

    private static string FindRoot()
    {
        string? directory = AppContext.BaseDirectory;
        while (directory is not null && !File.Exists(Path.Combine(directory, "Tunbridge.slnx")))
            directory = Path.GetDirectoryName(directory);
        return directory ?? throw new InvalidOperationException("Tunbridge.slnx is in no folder above the tests.");
    }
}
