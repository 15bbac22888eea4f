// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text.Json;
using Tunbridge.Testing;
using Tunbridge.Tests.Doctor;

namespace Tunbridge.Tests.Commands;

/// <summary>demo: as root, as nobody, and interrupted.</summary>
public sealed class DemoTests
{
    [Fact]
    public void Demo_AsRoot_PingsBothWaysAndLeavesACapture()
    {
        RealTool.Require("tcpdump");
        using TestNamespace space = new();
        string directory = Directory.CreateTempSubdirectory("tbdemo").FullName;
        try
        {
            string file = Path.Combine(directory, "demo.pcapng");
            string before = space.Dump();

            CommandResult result = space.Tunbridge($"demo -w {file}");

            Assert.True(result.ExitCode == 0, result.Output + result.Error);
            foreach (string said in (string[])["IPv4     4 of 4", "IPv6     4 of 4", "packets/s", "192.168.0.1/24", "echo request", file])
                Assert.Contains(said, result.Output, StringComparison.OrdinalIgnoreCase);
            Assert.Matches(@"\ntunbridge  tunbridge  \d+\.\d s .* Mbit/s", result.Output);
            if (RealTool.Find("openvpn") is not null)
            {
                Assert.Matches(@"\ntunbridge  openvpn    \d+\.\d s .* Mbit/s", result.Output);
                Assert.Matches(@"\nopenvpn    tunbridge  \d+\.\d s .* Mbit/s", result.Output);
            }

            Assert.Empty(Directory.EnumerateDirectories(Path.GetTempPath(), "tunbridge-demo-*"));
            CommandResult read = CommandResult.Of("tcpdump", "-n", "-r", file);
            Assert.True(read.ExitCode == 0, read.Error);
            foreach (string packet in (string[])["192.168.0.1 > 192.168.0.2: ICMP echo request", "192.168.0.2 > 192.168.0.1: ICMP echo reply", "ICMP6, echo reply"])
                Assert.Contains(packet, read.Output, StringComparison.Ordinal);
            Assert.Equal(before, space.Dump());
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public void Demo_AsNobody_WorksInAUserNamespace()
    {
        using TestNamespace space = new();
        const string AsNobody = "setpriv --reuid 65534 --regid 65534 --clear-groups";
        Assert.SkipUnless(
            CommandResult.Of("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "unshare", "-Urn", "true").ExitCode == 0,
            "this host lets no user make a user namespace");
        string file = Path.Combine(Path.GetTempPath(), $"tbdemo-{Guid.NewGuid():n}.pcapng");
        try
        {
            CommandResult result = DoctorRun.Shell(
                space, $"mknod -m 666 /dev/net/tun c 10 200\ncd /\n{AsNobody} $program demo --json -w {file}");

            Assert.True(result.ExitCode == 0, result.Output + result.Error);
            JsonElement document = result.Json();
            Assert.All(document.GetProperty("pings").EnumerateArray(), p => Assert.Equal(4, p.GetProperty("answered").GetInt32()));
            Assert.Equal(2, document.GetProperty("pings").GetArrayLength());
            Assert.True(document.GetProperty("udp").GetProperty("returned").GetInt64() > 0);
            Assert.Equal(file, document.GetProperty("capture").GetString());
            Assert.True(new FileInfo(file).Length > 1000);
            Assert.All(document.GetProperty("tunnels").EnumerateArray(), t => Assert.Equal(5, t.GetProperty("pingsAnswered").GetInt32()));
            Assert.NotEqual(0, document.GetProperty("tunnels").GetArrayLength());
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Demo_Interrupted_LeavesNothing()
    {
        using TestNamespace space = new();
        string file = Path.Combine(Path.GetTempPath(), $"tbdemo-{Guid.NewGuid():n}.pcapng");
        string before = space.Dump();
        using Process demo = space.StartTunbridge($"demo -w {file}");
        try
        {
            string? line;
            while ((line = await demo.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken)) is not null &&
                !line.Contains("echo reply", StringComparison.OrdinalIgnoreCase))
            {
            }

            HashSet<string> made = NamespacesOf(demo.Id);
            made.ExceptWith(NamespacesOf(Environment.ProcessId));
            made.Remove($"net:[{space.Namespace.Inode}]");
            Tool.Signal(demo, "INT");
            CommandResult result = await Tool.EndAsync(demo);

            Assert.Equal(0, result.ExitCode);
            Assert.Contains("interrupted", result.Error, StringComparison.Ordinal);
            Assert.Equal(before, space.Dump());
            foreach (string process in Directory.EnumerateDirectories("/proc").Where(d => int.TryParse(Path.GetFileName(d), out _)))
                Assert.Empty(NamespacesOf(int.Parse(Path.GetFileName(process), System.Globalization.CultureInfo.InvariantCulture)).Intersect(made));
        }
        finally
        {
            File.Delete(file);
        }
    }

    // Those of its threads and of its descriptors.
    private static HashSet<string> NamespacesOf(int process)
    {
        HashSet<string> found = [];
        try
        {
            foreach (string thread in Directory.EnumerateDirectories($"/proc/{process}/task"))
                Add(Path.Combine(thread, "ns/net"));
            foreach (string descriptor in Directory.EnumerateFileSystemEntries($"/proc/{process}/fd"))
                Add(descriptor);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It ended meanwhile: what it had is gone.
            return found;
        }

        return found;

        void Add(string link)
        {
            if (new FileInfo(link).LinkTarget is { } target && target.StartsWith("net:[", StringComparison.Ordinal))
                found.Add(target);
        }
    }
}
