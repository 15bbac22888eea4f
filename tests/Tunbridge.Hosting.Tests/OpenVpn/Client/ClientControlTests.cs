// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using System.Text;
using Tunbridge.Hosting.OpenVpn;
using Tunbridge.Testing;
using Tunbridge.Tunnels;

namespace Tunbridge.Hosting.Tests.OpenVpn;

/// <summary>What a server tells a client to do: HALT, RESTART, AUTH_FAILED with advice, questions during the login.</summary>
public sealed class ClientControlTests
{
    [Fact]
    public async Task Halt_EndsTheClient()
    {
        await using ClientRig rig = new();
        rig.Serve($"management {rig.Folder}/socket unix");
        rig.Start("");
        await rig.Connected();

        await TellAsync(rig, "client-kill 0 HALT");

        Assert.Equal(OpenVpnClientEnd.Halted, await rig.Completion.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
        Assert.True(rig.Log.HasSaid("Halt command was pushed by server ('')"), rig.Log.Text);
        Assert.True(rig.Log.HasSaid("SIGTERM[soft,server-pushed-halt] received, process exiting"), rig.Log.Text);
    }

    [Theory]
    [InlineData("RESTART,[N]", "10.98.0.3:1194")]
    [InlineData("RESTART", "10.98.0.1:1194")]
    public async Task Restart_ConnectsAgain_WithNToTheNextRemote(string command, string next)
    {
        await using ClientRig rig = new();
        rig.ServerSpace.Ip("addr add 10.98.0.3/24 dev v0");
        rig.Serve($"multihome\nmanagement {rig.Folder}/socket unix");
        rig.Start("remote 10.98.0.1 1194\nremote 10.98.0.3 1194");
        await rig.Connected();

        await TellAsync(rig, $"client-kill 0 {command}");
        await rig.Connected(times: 2);

        Assert.True(rig.Log.HasSaid("Connection reset command was pushed by server ('"), rig.Log.Text);
        Assert.True(rig.Log.HasSaid("SIGUSR1[soft,server-pushed-connection-reset] received, process restarting"), rig.Log.Text);
        Assert.Equal(next, rig.Client.Snapshot().RemoteAddress?.ToString());
    }

    [Theory]
    [InlineData("advance remote", "10.98.0.3:1194")]
    [InlineData("advance addr", "10.98.0.3:1194")]
    public async Task TemporaryRefusal_WithAdvance_GoesOnToTheNext(string advice, string next)
    {
        await using ClientRig rig = new();
        rig.ServerSpace.Ip("addr add 10.98.0.3/24 dev v0");
        // The first login is refused, the second is good.
        string script = rig.Write("judge.sh", $"#!/bin/sh\n[ -e {rig.Folder}/seen ] && exit 0\ntouch {rig.Folder}/seen\n" +
            $"printf 'TEMP[backoff 1,{advice}]:busy' > \"$auth_failed_reason_file\"\nexit 1\n");
        rig.Serve($"multihome\nscript-security 2\nauth-user-pass-verify {script} via-file");

        rig.Start("remote 10.98.0.1 1194\nremote 10.98.0.3 1194\n<auth-user-pass>\nalice\nsecret\n</auth-user-pass>");
        await rig.Connected();

        Assert.True(rig.Log.HasSaid("SIGUSR1[soft,auth-temp-failure (server temporary reject)]"), rig.Log.Text);
        Assert.True(rig.Log.HasSaid("Restart pause, 1 second(s)"), rig.Log.Text);
        Assert.Equal(next, rig.Client.Snapshot().RemoteAddress?.ToString());
    }

    [Fact]
    public async Task QuestionDuringTheLogin_IsAskedAndAnswered()
    {
        await using ClientRig rig = new();
        string judge = rig.Write("judge.sh", "#!/bin/sh\nprintf '60\\ncrtext\\nCR_TEXT:R,E:Which way?\\n' > \"$auth_pending_file\"\n" +
            $"echo \"$auth_control_file\" > {rig.Folder}/verdict\nexit 2\n");
        string answer = rig.Write("answer.sh", $"#!/bin/sh\ncat \"$1\" > {rig.Folder}/answer\necho 1 > \"$(cat {rig.Folder}/verdict)\"\n");
        rig.Serve($"script-security 2\nauth-user-pass-verify {judge} via-file\nclient-crresponse {answer}");
        List<SecretQuestion> questions = [];
        rig.Prompt = (question, _) =>
        {
            questions.Add(question);
            return Task.FromResult<SecretBytes?>(new SecretBytes("north"u8));
        };

        rig.Start("setenv IV_SSO crtext\n<auth-user-pass>\nalice\nsecret\n</auth-user-pass>");
        await rig.Connected();

        Assert.Equal("CHALLENGE: Which way?", Assert.Single(questions).Text);
        Assert.True(questions[0].Echoes);
        Assert.Equal("north", Encoding.UTF8.GetString(Convert.FromBase64String(File.ReadAllText($"{rig.Folder}/answer").Trim())));
    }

    // The official server's management interface.
    private static async Task TellAsync(ClientRig rig, string command)
    {
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint($"{rig.Folder}/socket"), TestContext.Current.CancellationToken);
        await using NetworkStream stream = new(socket);
        using StreamReader reader = new(stream);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(command + "\n"), TestContext.Current.CancellationToken);
        string? line;
        do
        {
            line = await reader.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        }
        while (line is not null && !line.StartsWith("SUCCESS", StringComparison.Ordinal) && !line.StartsWith("ERROR", StringComparison.Ordinal));
        Assert.StartsWith("SUCCESS", line, StringComparison.Ordinal);
    }
}
