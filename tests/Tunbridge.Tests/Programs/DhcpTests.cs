// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tunbridge.Linux;
using Tunbridge.Testing;
using Tunbridge.Tests.Commands;
using Tunbridge.Tests.Serve;

namespace Tunbridge.Tests.Programs;

/// <summary>DHCP clients against a real server, over a TAP whose frames a script carries to it.</summary>
public sealed class DhcpTests
{
    [Theory]
    [InlineData("udhcpc", "busybox")]
    [InlineData("dhcpcd", "dhcpcd")]
    [InlineData("dhclient", "dhclient")]
    public void Up_WithAClient_GetsAnAddressThatIsNoDifference(string client, string program)
    {
        RealTool.Require("busybox", "python3", "unshare");
        Assert.SkipUnless(RealTool.Find(program) is not null || Directory.Exists(UnpackedTool.PathOf(program)), $"{program} is not installed; ./test fetches it");
        using TestNamespace space = new();
        using ConfigurationText file = new($"devices: {{tap0: {{kind: tap, dhcp: {{v4: true, client: {client}}}}}}}");

        // Process ids are the namespace's own, so that nothing outlives the test.
        CommandResult result = space.Exec("unshare", "--mount", "--pid", "--fork", "--kill-child", "/bin/bash", "-ec", $$"""
            mount -t proc proc /proc
            for place in /run /var/lib; do mount -t tmpfs -o mode=755 tbdhcp $place; done
            export PATH={{UnpackedTool.SearchPath}}:$PATH
            resolv=$(cat /etc/resolv.conf; stat -c %i%y /etc/resolv.conf)
            program='{{Tool.Path}}'; file={{file.Path}}
            $program up -f $file
            python3 {{Script}} tap0 sv0 10.9.0.2/24 & exec 3< <(tail -f /dev/null)
            until ip addr show dev sv0 2>/dev/null | grep -q 10.9.0.2; do sleep 0.1; done
            printf 'start 10.9.0.50\nend 10.9.0.50\ninterface sv0\nlease_file /run/leases\noption subnet 255.255.255.0\noption router 10.9.0.1\noption dns 10.9.0.1\noption lease 600\n' > /run/udhcpd.conf
            touch /run/leases; busybox udhcpd -f -S /run/udhcpd.conf 2>/dev/null &
            for i in $(seq 600); do ip -4 addr show dev tap0 | grep -q 'inet 10.9.0.50/24 .*dynamic' && ip route | grep -q '^default' && break; sleep 0.1; done
            ip -4 addr show dev tap0; ip route
            $program status -f $file
            [ "$($program up -f $file)" = 'nothing to do' ]
            [ "$($program plan -f $file)" = 'nothing to do' ]
            pid=$($program status -f $file | sed -nE 's/.*process ([0-9]+).*/\1/p')
            kill -9 $pid; while [ -e /proc/$pid ] && ! grep -q '^State:.Z' /proc/$pid/status; do sleep 0.1; done
            code=0; $program status -f $file || code=$?; [ $code = 1 ]
            $program up -f $file
            $program status -f $file
            printf 'devices:\n  tap0:\n    kind: tap\n' > $file
            $program up -f $file
            ! ip -4 addr show dev tap0 | grep inet
            $program down -f $file
            [ -z "$(ls /run/tunbridge/*.dhcp /run/tunbridge/*.leases 2>/dev/null)" ]
            [ "$resolv" = "$(cat /etc/resolv.conf; stat -c %i%y /etc/resolv.conf)" ]
            echo whole
            """);

        Assert.True(result.ExitCode == 0 && result.Output.EndsWith("whole\n", StringComparison.Ordinal), result.Output + result.Error);
        Assert.Matches($@"tap0  as declared \(dhcp: {client}, process \d+, 10\.9\.0\.50/24\)", result.Output);
        Assert.Matches(@"default via 10\.9\.0\.1 dev tap0 proto dhcp .*metric 1024", result.Output);
        Assert.Contains($"dhcp: declared {client} for IPv4, found none", result.Output, StringComparison.Ordinal);
        Assert.Contains($"stop {client} for IPv4 on tap0", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_ClientEnds_IsStartedAgainAndEndsWithTheService()
    {
        RealTool.Require("busybox");
        using ServedFile served = new("devices: {tap0: {kind: tap, dhcp: {v4: true, client: udhcpc}}}");
        await served.HeardAsync("READY=1");
        using StreamReader monitor = served.Connect("monitor");
        await served.EventAsync(monitor, e => e.GetProperty("event").GetString() == "listening");
        int first = Client(served);

        Assert.Equal(0, CommandResult.Of("kill", "-9", $"{first}").ExitCode);
        JsonElement ended = await served.EventAsync(monitor, e => e.GetProperty("event").GetString() == "client-ended");
        Assert.Equal($"tap0: udhcpc, process {first}, has ended; it is started again in 1 s", ended.GetProperty("message").GetString());
        await served.EventAsync(monitor, e => e.GetProperty("event").GetString() == "repaired");
        int second = Client(served);
        Assert.NotEqual(first, second);

        // Killed, it leaves the client, and finds it again.
        served.Tell("signal KILL");
        await served.HeardAsync("ended -9");
        served.Tell("start");
        await served.HeardAsync("READY=1");
        Assert.Equal(second, Client(served));

        served.Tell("signal TERM");
        await served.HeardAsync("ended 0");
        Assert.Null(ProcessHandle.FindStart(second));
        Assert.True(served.Space.HasLink("tap0"));
    }

    [Fact]
    public void Up_WithoutAnyClient_NamesThePackages()
    {
        using TestNamespace space = new();
        using ConfigurationText file = new("devices:\n  tap0:\n    kind: tap\n    dhcp: true\n");
        CommandResult up = space.Exec("env", "PATH=/nonexistent", Tool.Path, "up", "-f", file.Path);
        Assert.Equal(
            $"tunbridge: refused: {file.Path}:4:5: dhcp of tap0: no DHCP client is installed; install one of the packages udhcpc (or busybox), " +
            "dhcpcd-base (dhcpcd), isc-dhcp-client (dhclient)", up.AssertOneLine(1));
    }

    private static string Script => Path.Combine(AppContext.BaseDirectory, "Programs", "wire.py");

    private static int Client(ServedFile served)
    {
        string status = served.Space.Must($"status -f {served.File.Path} --name {served.Name}");
        return int.Parse(Regex.Match(status, @"dhcp: udhcpc, process (\d+)").Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
    }
}
