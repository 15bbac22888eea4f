// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Changes;

namespace Tunbridge.Hosting.Tests;

/// <summary>A resolvectl that writes down what it is told.</summary>
internal sealed class FakeResolver
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fake-resolver").FullName;

    internal FakeResolver(int exitCode = 0)
    {
        string program = Path.Combine(_folder, "resolvectl");
        File.WriteAllText(program, $"#!/bin/sh\necho \"$*\" >> {_folder}/calls\nexit {exitCode}\n");
        if (OperatingSystem.IsLinux())
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Told = HostResolver.At(program, isResolved: true);
    }

    internal HostResolver Told { get; }

    internal string Calls => File.Exists(Path.Combine(_folder, "calls")) ? File.ReadAllText(Path.Combine(_folder, "calls")) : "";
}
