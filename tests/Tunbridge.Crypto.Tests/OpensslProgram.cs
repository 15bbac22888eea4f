// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace Tunbridge.Crypto.Tests;

/// <summary>The distribution's openssl program.</summary>
internal static class OpensslProgram
{
    private const string Path = "/usr/bin/openssl";

    internal static Process Start(params IEnumerable<string> arguments)
    {
        Assert.SkipUnless(File.Exists(Path), "openssl is not installed");
        ProcessStartInfo start = new(Path, arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }
}
