// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Hosting.OpenVpn;

namespace Tunbridge.Hosting.Tests.OpenVpn;

public sealed class ScriptFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tunbridge-files").FullName;

    [Fact]
    public void Sweep_TakesWhatTheDeadHaveLeft_AndNothingElse()
    {
        // Above the kernel's highest process number.
        string dead = Path.Combine(_folder, "tunbridge_4194305_0a0b0c0d_11.tmp");
        string before = Path.Combine(_folder, $"tunbridge_{Environment.ProcessId}_0a0b0c0d_12.tmp");
        string living = Path.Combine(_folder, "tunbridge_1_0a0b0c0d_13.tmp");
        string foreign = Path.Combine(_folder, "tunbridge_notes.tmp");
        foreach (string path in (string[])[dead, before, living, foreign])
            File.WriteAllText(path, "bob\nsecret\n");
        using ScriptFile own = ScriptFile.Create(_folder, "x"u8);
        ScriptFile.Sweep(_folder);
        Assert.Equal([living, foreign, own.Name], ((string[])[dead, before, living, foreign, own.Name]).Where(File.Exists));
        ScriptFile.Sweep(Path.Combine(_folder, "none"));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
