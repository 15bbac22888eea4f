// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Tunbridge.Hosting.OpenVpn;
using Tunbridge.Testing;
using Tunbridge.Tunnels;

namespace Tunbridge.Hosting.Tests.OpenVpn;

/// <summary>Names, passwords, tokens and challenges, with the official server and a script that judges them.</summary>
public sealed class ClientCredentialsTests
{
    private const string Password = "correct horse battery";

    [Theory]
    [InlineData("inline")]
    [InlineData("file")]
    [InlineData("prompt")]
    public async Task Client_WithNameAndPasswordOnly_ConnectsAndNeverShowsThem(string source)
    {
        await using ClientRig rig = new();
        rig.Serve(Judge(rig) + "verify-client-cert none\nkeepalive 2 10");
        rig.Prompt = Answers("alice", Password);
        rig.Write("login", $"alice\n{Password}\n", UnixFileMode.UserRead);

        rig.Start(source switch
        {
            "inline" => $"<auth-user-pass>\nalice\n{Password}\n</auth-user-pass>\n{Authority}",
            "file" => $"auth-user-pass login\n{Authority}",
            _ => $"auth-user-pass\n{Authority}",
        });
        await rig.Connected();

        rig.AssertPings("10.8.0.1");
        Assert.False(rig.Log.HasSaid(Password), rig.Log.Text);
        Assert.Equal(["alice", Password], Judged(rig)[..2]);
    }

    [Fact]
    public async Task Client_WithWrongPassword_EndsAndSaysSo()
    {
        await using ClientRig rig = new();
        rig.Serve(Judge(rig));

        rig.Start("<auth-user-pass>\nalice\nwrong\n</auth-user-pass>");

        Assert.Equal(OpenVpnClientEnd.AuthFailed, await rig.Completion.WaitAsync(Generous.Patience, TestContext.Current.CancellationToken));
        Assert.True(rig.Log.HasSaid("AUTH: Received control message: AUTH_FAILED"), rig.Log.Text);
        Assert.True(rig.Log.HasSaid("SIGTERM[soft,auth-failure] received, process exiting"), rig.Log.Text);
    }

    [Fact]
    public async Task Client_WithAuthRetryNoInteract_TriesAgainWithTheSame()
    {
        await using ClientRig rig = new();
        rig.Serve(Judge(rig));

        rig.Start("auth-retry nointeract\n<auth-user-pass>\nalice\nwrong\n</auth-user-pass>");
        await rig.Holds(() => rig.Log.Count("AUTH_FAILED") > 1, "it tries again");

        Assert.Equal("wrong", Judged(rig)[3]);
    }

    [Fact]
    public async Task Client_WithAuthRetryInteract_AsksAgain()
    {
        await using ClientRig rig = new();
        rig.Serve(Judge(rig));
        rig.Prompt = Answers("alice", "wrong", "alice", Password);

        rig.Start("auth-retry interact\nauth-user-pass");
        await rig.Connected();

        rig.AssertPings("10.8.0.1");
    }

    [Fact]
    public async Task Client_RefusedForAWhile_WaitsAsToldAndStays()
    {
        await using ClientRig rig = new();
        rig.Serve(Judge(rig, "TEMP[backoff 2,advance no]:busy"));

        rig.Start("<auth-user-pass>\nalice\nlater\n</auth-user-pass>");
        await rig.Holds(() => rig.Log.Count("Restart pause, 2 second(s)") > 0, "the pause");

        Assert.True(rig.Log.HasSaid("SIGUSR1[soft,auth-temp-failure (server temporary reject)]"), rig.Log.Text);
    }

    [Fact]
    public async Task Client_WithADynamicChallenge_AsksAndLogsInWithTheAnswer()
    {
        await using ClientRig rig = new();
        rig.Serve(Judge(rig, "CRV1:R,E:state42:YWxpY2U=:Enter the code"));
        List<SecretQuestion> questions = [];
        rig.Prompt = (question, _) =>
        {
            questions.Add(question);
            return Task.FromResult<SecretBytes?>(new SecretBytes("123456"u8));
        };

        rig.Start("<auth-user-pass>\nalice\nfirst\n</auth-user-pass>");
        await rig.Holds(() => Judged(rig).Length >= 4, "the second login");

        Assert.Equal("CHALLENGE: Enter the code", questions[0].Text);
        Assert.True(questions[0].Echoes);
        Assert.Equal(["alice", "first", "alice", "CRV1::state42::123456"], Judged(rig)[..4]);
    }

    [Fact]
    public async Task Client_WithAStaticChallenge_SendsBothParts()
    {
        await using ClientRig rig = new();
        rig.Serve(Judge(rig));
        rig.Prompt = Answers("777");

        rig.Start($"static-challenge \"Code?\" 0\n<auth-user-pass>\nalice\n{Password}\n</auth-user-pass>");
        await rig.Holds(() => Judged(rig).Length >= 2, "the login");

        string encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(Password));
        Assert.Equal($"SCRV1:{encoded}:{Convert.ToBase64String("777"u8)}", Judged(rig)[1]);
    }

    [Fact]
    public async Task Client_WithAToken_RenegotiatesAndReconnectsWithoutThePassword()
    {
        await using ClientRig rig = new();
        rig.Serve(Judge(rig) + "auth-gen-token 3600 120\nreneg-sec 3 3\nkeepalive 1 10");

        rig.Start($"auth-nocache\n<auth-user-pass>\nalice\n{Password}\n</auth-user-pass>");
        await rig.Connected();
        await rig.Holds(() => rig.Log.Count("Data Channel: key") >= 2, "two renegotiations");
        rig.Client.Restart();
        await rig.Connected(times: 2);

        rig.AssertPings("10.8.0.1");
        // The server takes its own tokens without asking the script.
        Assert.Equal(2, Judged(rig).Length);
        Assert.False(rig.Log.HasSaid("SESS_ID"), rig.Log.Text);
    }

    [Fact]
    public async Task Client_WhoseTokenIsOfAnotherServer_FallsBackToThePassword()
    {
        await using ClientRig rig = new();
        RealOpenVpn server = rig.Serve(Judge(rig) + "auth-gen-token 3600\nkeepalive 1 10");
        rig.Start($"<auth-user-pass>\nalice\n{Password}\n</auth-user-pass>");
        await rig.Connected();

        server.Kill();
        rig.Serve(Judge(rig) + "auth-gen-token 3600\nkeepalive 1 10");
        await rig.Connected(times: 2);

        Assert.True(rig.Log.HasSaid("auth-failure (auth-token)"), rig.Log.Text);
        rig.AssertPings("10.8.0.1");
    }

    private static string Authority => $"<ca>\n{TestAuthority.Shared.Certificate}\n</ca>";

    // Writes down name and password, and refuses every password but one, with a reason.
    private static string Judge(ClientRig rig, string reason = "")
    {
        string script = rig.Write("judge.sh", "#!/bin/sh\n" +
            $"cat \"$1\" >> {rig.Folder}/judged\n" +
            $"grep -qxF '{Password}' \"$1\" && exit 0\n" +
            (reason.Length > 0 ? $"printf '%s' '{reason}' > \"$auth_failed_reason_file\"\n" : "") +
            "exit 1\n");
        return $"script-security 2\nauth-user-pass-verify {script} via-file\n";
    }

    private static string[] Judged(ClientRig rig) =>
        File.Exists($"{rig.Folder}/judged") ? File.ReadAllLines($"{rig.Folder}/judged") : [];

    private static SecretPrompt Answers(params string[] texts)
    {
        Queue<string> left = new(texts);
        return (_, _) => Task.FromResult(left.TryDequeue(out string? text) ? new SecretBytes(Encoding.UTF8.GetBytes(text)) : null);
    }
}
