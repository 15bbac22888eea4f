// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Samples.Tests;

/// <summary>The samples as documentation.</summary>
public sealed class SampleSourceTests
{
    private static readonly string s_folder = Path.Combine(Tree.Root, "samples");

    public static TheoryData<string> Samples =>
        [.. Directory.EnumerateFiles(s_folder, "*.csproj", SearchOption.AllDirectories).Select(p => Path.GetFileNameWithoutExtension(p)!)];

    [Theory]
    [MemberData(nameof(Samples))]
    public void Sample_IsOneShortFileThatSaysHowToTryIt(string sample)
    {
        string[] lines = File.ReadAllLines(Path.Combine(s_folder, sample, "Program.cs"));
        Assert.InRange(lines.Length, 20, 60);
        string[] header = [.. lines.TakeWhile(l => l.StartsWith("//", StringComparison.Ordinal))];
        Assert.Contains(header, l => l.StartsWith("// Try it", StringComparison.Ordinal));
        Assert.Contains(header, l => l.Contains($"dotnet run --project samples/{sample}", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Sample_HasItsLineInTheTable(string sample) => Assert.Contains(
        File.ReadLines(Path.Combine(s_folder, "README.md")),
        l => l.StartsWith($"| [{sample}]({sample}/Program.cs) |", StringComparison.Ordinal));
}
