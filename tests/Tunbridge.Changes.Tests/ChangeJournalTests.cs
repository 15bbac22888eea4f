// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Netlink;
using Tunbridge.Testing;

namespace Tunbridge.Changes.Tests;

/// <summary>The lock of a namespace within one process.</summary>
public sealed class ChangeJournalTests
{
    [Fact]
    public void Open_ByAProcessThatHasItOpen_IsToldInsteadOfWaiting()
    {
        using TestNamespace space = new();
        space.Run(() =>
        {
            using RouteNetlink netlink = RouteNetlink.Open();
            using (ChangeJournal.Open(netlink, "one", cancellationToken: TestContext.Current.CancellationToken))
                Assert.Throws<InvalidOperationException>(() => ChangeJournal.Open(netlink, "two", cancellationToken: TestContext.Current.CancellationToken));
            ChangeJournal.Open(netlink, "two").Dispose();
        });
    }

    [Fact]
    public void Open_GivenUpWhileAnotherProcessHasIt_IsOpenedLater()
    {
        RealTool.Require("flock");
        using TestNamespace space = new();
        string path = space.Run(ChangeJournal.FindPath) + ".lock";
        using CancellationTokenSource enough = new();
        using System.Diagnostics.Process holder = CommandResult.Start("flock", path, "sh", "-c", "echo held; read end");
        Assert.Equal("held", holder.StandardOutput.ReadLine());

        space.Run(() =>
        {
            using RouteNetlink netlink = RouteNetlink.Open();
            Assert.ThrowsAny<OperationCanceledException>(() => ChangeJournal.Open(netlink, "one", enough.Cancel, enough.Token));
            holder.StandardInput.WriteLine();
            holder.WaitForExit();
            ChangeJournal.Open(netlink, "one").Dispose();
        });
        Assert.False(File.Exists(path));
    }
}
