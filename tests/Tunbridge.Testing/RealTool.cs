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

    /// <summary>The path of openvpn 2.7 with the C library that it was built for, as eng/fetch-openvpn27 unpacks them; null where it could not.</summary>
    public static string? FindOpenVpn27()
    {
        for (string? place = AppContext.BaseDirectory; place is not null; place = Path.GetDirectoryName(place))
        {
            string path = Path.Combine(place, "eng", ".tools", "openvpn27", "openvpn");
            if (File.Exists(path))
                return path;
        }

        return null;
    }
}
