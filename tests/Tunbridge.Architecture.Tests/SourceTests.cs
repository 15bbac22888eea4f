// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Architecture.Tests;

/// <summary>What every source file keeps to.</summary>
public sealed class SourceTests
{
    private const int MaximumLines = 600;

    // Built at run time, so that this file does not find itself.
    private static readonly string[] s_forbidden =
        ["async" + " void", "Thread" + ".Sleep", "#pragma" + " warning disable", "TO" + "DO", "FIX" + "ME", "#reg" + "ion"];

    [Fact]
    public void EverySource_StartsWithTheLicenceLine() => Assert.Equal([],
        Tree.Sources("src", "tests", "samples", "bench")
            .Where(f => File.ReadLines(f).FirstOrDefault() != "// SPDX-License-Identifier: Apache-2.0")
            .Select(Tree.Relative));

    [Fact]
    public void EverySource_IsOneThingOfReadableLength() => Assert.Equal([],
        Tree.Sources("src", "tests", "samples", "bench")
            .Select(f => (Name: Tree.Relative(f), Lines: File.ReadLines(f).Count()))
            .Where(f => f.Lines > MaximumLines));

    [Fact]
    public void EverySource_HasANameThatSaysWhatItIs() => Assert.Equal([],
        Tree.Sources("src").Select(Tree.Relative)
            .Where(f => Path.GetFileNameWithoutExtension(f) is { } n && (n.EndsWith("Manager", StringComparison.Ordinal) ||
                n.EndsWith("Helper", StringComparison.Ordinal) || n.EndsWith("Util", StringComparison.Ordinal) ||
                n.EndsWith("Utils", StringComparison.Ordinal))));

    [Fact]
    public void EverySource_HasNothingThatHidesADefect() => Assert.Equal([],
        Tree.Sources("src", "tests", "samples").SelectMany(f => File.ReadLines(f)
            .Select((line, i) => (Text: line, Where: $"{Tree.Relative(f)}:{i + 1}"))
            .Where(l => s_forbidden.Any(w => l.Text.Contains(w, StringComparison.Ordinal)))
            .Select(l => $"{l.Where}: {l.Text.Trim()}")));

    [Fact]
    public void EverySource_NamesNoStateOfSysClassNet() => Assert.Equal([],
        Tree.Sources("src").Where(f => File.ReadLines(f).Any(l =>
            l.Contains("\"/sys/class/net", StringComparison.Ordinal))).Select(Tree.Relative));
}
