// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Interop.Tests.Peers;

/// <summary>What was measured: shown with the test, and in the file that TUNBRIDGE_REPORT names, for tests/soak to print.</summary>
internal static class Results
{
    private static readonly Lock s_lock = new();

    internal static void Write(string line)
    {
        TestContext.Current.TestOutputHelper?.WriteLine(line);
        if (Environment.GetEnvironmentVariable("TUNBRIDGE_REPORT") is not { Length: > 0 } path)
            return;
        lock (s_lock)
            File.AppendAllText(path, line + "\n");
    }
}
