// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Interop.Tests.Cases;
using Tunbridge.Interop.Tests.Peers;
using Tunbridge.Interop.Tests.Trouble;

namespace Tunbridge.Interop.Tests.Refusals;

/// <summary>A password is for the server alone: neither a wrong nor a right one shows anywhere.</summary>
public sealed class PasswordTests
{
    [Theory]
    [InlineData("client")]
    [InlineData("server")]
    public async Task Password_Wrong_IsRefusedAndShowsNowhere(string role)
    {
        using Scene scene = new(role);
        CaseFiles.Write(scene.Hosts, Case());
        // The server's own script knows the right one.
        scene.Hosts.Write("check", "#!/bin/sh\nexit 1\n", isProgram: true);

        await scene.StartWithoutConnectionAsync();
        await scene.Until(() => scene.Client.HasSaid("AUTH_FAILED"), "AUTH_FAILED");
        await scene.Until(() => scene.Client.HasEnded, "the client's end");

        Assert.DoesNotContain(CaseFiles.Password, scene.Hosts.Logs(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("client")]
    [InlineData("server")]
    public async Task Password_WhileConnected_IsNeitherInArgumentsNorEnvironmentNorStatus(string role)
    {
        using Scene scene = new(role);
        string status = scene.Hosts.At("status");
        CaseFiles.Write(scene.Hosts, Case(), $"status {status} 1\n", "verb 11\n");
        await scene.StartAsync();
        await scene.Until(() => File.Exists(status) && File.ReadAllText(status).Contains("alice", StringComparison.Ordinal), "the status file");

        TunnelProcess ours = role == "client" ? scene.Client : scene.Server;
        foreach (string place in (string[])[$"/proc/{ours.ProcessId}/cmdline", $"/proc/{ours.ProcessId}/environ", status])
            Assert.DoesNotContain(CaseFiles.Password, File.ReadAllText(place), StringComparison.Ordinal);
        Assert.DoesNotContain(CaseFiles.Password, ours.Log, StringComparison.Ordinal);
    }

    private static InteropCase Case() => new()
    {
        Protocol = "udp4",
        Wrap = "tls-crypt",
        Cipher = "AES-256-GCM",
        Layout = "subnet",
        Tls = "tls1.3",
        Login = "password",
        Role = "client",
    };
}
