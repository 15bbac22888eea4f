// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Changes;
using Tunbridge.Testing;

namespace Tunbridge.Hosting.Tests;

/// <summary>A resolvectl that writes down what it is told.</summary>
internal sealed class FakeResolver : IDisposable
{
    private readonly TemporaryFolder _folder = new("resolver");

    internal FakeResolver(int exitCode = 0)
    {
        string program = _folder.Write("resolvectl", $"#!/bin/sh\necho \"$*\" >> {_folder.At("calls")}\nexit {exitCode}\n");
        if (OperatingSystem.IsLinux())
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Told = HostResolver.At(program, isResolved: true);
    }

    internal HostResolver Told { get; }

    internal string Calls => File.Exists(_folder.At("calls")) ? File.ReadAllText(_folder.At("calls")) : "";

    public void Dispose() => _folder.Dispose();
}
