// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Testing;

/// <summary>Programs of the distribution that tests measure themselves against.</summary>
public static class RealTool
{
    /// <summary>Skips the test, visibly, when a program is not installed.</summary>
    public static void Require(params IEnumerable<string> programs)
    {
        foreach (string program in programs)
            Assert.SkipUnless(Find(program) is not null, $"{program} is not installed; ./test installs it");
    }

    /// <summary>The path of a program, or null.</summary>
    public static string? Find(string program) => "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        .Split(':').Select(d => Path.Combine(d, program)).FirstOrDefault(File.Exists);
}
