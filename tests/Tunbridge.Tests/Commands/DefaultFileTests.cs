// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Testing;
using Tunbridge.Tests.Service;

namespace Tunbridge.Tests.Commands;

/// <summary>The embedded default stands for a file that is not there, not for one that cannot be read.</summary>
public sealed class DefaultFileTests
{
    [Theory]
    [InlineData("true", 0)]
    [InlineData("ln -s /nowhere /etc/tunbridge/tunbridge.yaml", 6)]
    [InlineData("mkdir /etc/tunbridge/tunbridge.yaml", 6)]
    public void Plan_WithoutAnOrdinaryFile_IsOfTheDefaultOrRefused(string before, int exitCode)
    {
        using TestNamespace space = new();
        ServicePlace.AssertDone(ServicePlace.Shell(space, $"{before}; expect {exitCode} $program plan"));
    }
}
