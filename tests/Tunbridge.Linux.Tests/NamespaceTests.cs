// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Testing;

namespace Tunbridge.Linux.Tests;

/// <summary>Network namespaces by thread, name, path and process.</summary>
public sealed class NamespaceTests
{
    [Fact]
    public void Run_IsInsideAndTheCallerStaysOutside()
    {
        using TestNamespace ns = new();
        using NetworkNamespace outside = NetworkNamespace.OpenCurrent();
        ulong inside = ns.Run(() =>
        {
            using NetworkNamespace current = NetworkNamespace.OpenCurrent();
            return current.Inode;
        });
        using NetworkNamespace after = NetworkNamespace.OpenCurrent();
        Assert.Equal(ns.Namespace.Inode, inside);
        Assert.NotEqual(outside.Inode, inside);
        Assert.Equal(outside.Inode, after.Inode);
    }

    [Fact]
    public void Run_Exception_ReachesTheCaller()
    {
        using TestNamespace ns = new();
        Assert.Equal("inside", Assert.Throws<InvalidOperationException>(
            () => ns.Run(() => throw new InvalidOperationException("inside"))).Message);
    }

    [Fact]
    public void Cookie_IsStableAndDiffers()
    {
        using TestNamespace a = new(), b = new();
        Assert.Equal(a.Namespace.GetCookie(), a.Namespace.GetCookie());
        Assert.Equal(a.Namespace.GetCookie(), a.Run(NetworkNamespace.GetCurrentCookie));
        Assert.NotEqual(a.Namespace.GetCookie(), b.Namespace.GetCookie());
        Assert.Equal(b.Namespace.GetCookie(), b.Run(NetworkNamespace.GetCurrentCookie));
    }

    [Fact]
    public void Named_IsKnownToIpUntilDeleted()
    {
        RealRoot.Require();
        RealTool.Require("ip");
        string name = $"tb-test-{Environment.ProcessId}";
        using (NetworkNamespace made = NetworkNamespace.CreateNamed(name))
        {
            try
            {
                Assert.Contains(name, NetworkNamespace.ListNames());
                Assert.Contains(name, CommandResult.Of("ip", "netns", "list").Output, StringComparison.Ordinal);
                using NetworkNamespace byName = NetworkNamespace.Open(name), byPath = NetworkNamespace.Open($"/run/netns/{name}");
                Assert.Equal((made.Inode, made.Inode), (byName.Inode, byPath.Inode));
                Assert.Equal(Errno.EEXIST, Assert.Throws<LinuxException>(() => NetworkNamespace.CreateNamed(name)).Errno);
                // The failed creation left the first one alone.
                Assert.Contains(name, NetworkNamespace.ListNames());
            }
            finally
            {
                NetworkNamespace.DeleteNamed(name);
            }
        }

        Assert.DoesNotContain(name, NetworkNamespace.ListNames());
        LinuxException error = Assert.Throws<LinuxException>(() => NetworkNamespace.Open(name));
        Assert.Contains($"ip netns add {name}", error.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void CreateNamed_OverWhatAKilledCreationLeft_Succeeds()
    {
        RealRoot.Require();
        string name = $"tb-left-{Environment.ProcessId}";
        Directory.CreateDirectory("/run/netns");
        File.WriteAllText($"/run/netns/{name}", "");
        using (NetworkNamespace made = NetworkNamespace.CreateNamed(name))
        {
            using NetworkNamespace byName = NetworkNamespace.Open(name);
            Assert.Equal(made.Inode, byName.Inode);
        }

        NetworkNamespace.DeleteNamed(name);
        Assert.DoesNotContain(name, NetworkNamespace.ListNames());
    }

    [Fact]
    public async Task CreateNamed_ByManyAtOnce_MakesOne()
    {
        RealRoot.Require();
        string name = $"tb-many-{Environment.ProcessId}";
        NetworkNamespace?[] made = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            try
            {
                return NetworkNamespace.CreateNamed(name);
            }
            catch (LinuxException e) when (e.Errno == Errno.EEXIST)
            {
                return null;
            }
        })));
        Assert.Single(made, m => m is not null);
        foreach (NetworkNamespace? one in made)
            one?.Dispose();
        NetworkNamespace.DeleteNamed(name);
        Assert.DoesNotContain(name, NetworkNamespace.ListNames());
    }

    [Fact]
    public void CreateNamed_WithoutTheRight_ReportsThatAndLeavesNoName()
    {
        Assert.SkipWhen(ProcessIdentity.EffectiveUserId != 0 || !Directory.Exists("/run/netns"), "/run/netns is root's");
        string name = $"tb-none-{Environment.ProcessId}";
        try
        {
            NetworkNamespace.CreateNamed(name).Dispose();
            NetworkNamespace.DeleteNamed(name);
        }
        catch (LinuxException e)
        {
            // As root of a user namespace.
            Assert.Equal(("mount", Errno.EPERM), (e.Operation, e.Errno));
        }

        Assert.DoesNotContain(name, NetworkNamespace.ListNames());
    }

    [Fact]
    public void Open_ByProcess_IsThatOfTheProcess()
    {
        using TestNamespace ns = new();
        RealTool.Require("sleep");
        using System.Diagnostics.Process child = ns.Start("sleep", "1000");
        using NetworkNamespace byProcess = NetworkNamespace.Open($"{child.Id}");
        Assert.Equal(ns.Namespace.Inode, byProcess.Inode);
        child.Kill();
        child.WaitForExit();
    }

    [Theory]
    [InlineData("..")]
    [InlineData("a/b")]
    public void Name_ThatIsAPath_IsRefused(string name) =>
        Assert.Throws<ArgumentException>(() => NetworkNamespace.OpenByName(name));
}
