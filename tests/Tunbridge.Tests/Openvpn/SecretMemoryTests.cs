// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Tunbridge.Hosting.OpenVpn;
using Tunbridge.Linux;
using Tunbridge.Testing;
using Tunbridge.Tests.Commands;

namespace Tunbridge.Tests.Openvpn;

/// <summary>Where keys and passwords are in the memory of a client and a server that are connected: the real program, searched through /proc/PID/mem.</summary>
public sealed class SecretMemoryTests
{
    // Different in each run, so that no file or page of an earlier one has them.
    private readonly string _password = $"pw-{Guid.NewGuid():n}", _passphrase = $"pass-{Guid.NewGuid():n}", _planted = $"planted-{Guid.NewGuid():n}";

    /// <summary>Inline keys, a passphrase from a terminal, a password from a file, a token; as root, and handed over to nobody.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Secrets_OfConnectedEnds_AreInGuardedMemoryOnly(bool asNobody)
    {
        RealTool.Require("script", "openssl", "mknod", "setpriv");
        using OpenvpnPlace place = new();
        // The folder is nobody's to enter but root's; the program itself must be everybody's.
        Assert.SkipUnless(
            !asNobody || CommandResult.Of("setpriv", "--reuid", "65534", "--clear-groups", "test", "-x", Tool.Path).ExitCode == 0, $"nobody may not run {Tool.Path}");
        Prepare(place, forgets: !asNobody);
        string node = Path.Combine(Path.GetTempPath(), $"tbnode-{Guid.NewGuid():n}");
        Assert.Equal(0, CommandResult.Of("mknod", "-m", "666", node, "c", "10", "200").ExitCode);
        try
        {
            await ConnectAsync(place, asNobody ? $" --user nobody --group nogroup --dev-node {node}" : "", isPasswordKept: asNobody);
        }
        finally
        {
            File.Delete(node);
        }
    }

    [Fact]
    public async Task Limit_ThatLocksNothing_IsToldAndNoError()
    {
        RealTool.Require("prlimit", "setpriv");
        using OpenvpnPlace place = new();
        Prepare(place, forgets: false);
        // Without CAP_IPC_LOCK the limit counts.
        using Process server = place.ServerSpace.Start(
            "prlimit", "--memlock=0:0", "setpriv", "--bounding-set", "-ipc_lock", "--inh-caps", "-ipc_lock",
            place.Program, "--cd", place.Folder, "--config", "inline-server.conf", "--log", "server.log", "--writepid", "server.pid");
        await place.SaidAsync("server.log", "Initialization Sequence Completed");
        int id = place.Daemon("server.pid");

        Assert.Matches("NOTE: not all memory of keys and passwords is locked (.*): it may be swapped out; this user may lock 0 bytes", place.Read("server.log"));
        OpenvpnPlace.Signal(id, "TERM");
        await server.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, server.ExitCode);
    }

    private async Task ConnectAsync(OpenvpnPlace place, string more, bool isPasswordKept)
    {
        Process server = place.Start(place.ServerSpace, "server.log", "--config", "inline-server.conf");
        await place.SaidAsync("server.log", "Initialization Sequence Completed");
        using Process terminal = place.ClientSpace.Start(
            "script", "-qfec", $"{place.Program} --cd {place.Folder} --config inline-client.conf --writepid client.pid{more}", "/dev/null");
        string shown = await AnswerAsync(terminal);
        int client = place.Daemon("client.pid");
        Assert.SkipUnless(ProcessMemory.CanRead(client), "this machine lets nobody look into the memory of a process");

        await SearchClientAsync(place, client, isPasswordKept);
        await SearchServerAsync(place, server.Id);
        OpenvpnPlace.Signal(client, "TERM");
        await terminal.WaitForExitAsync(TestContext.Current.CancellationToken);
        foreach (string secret in (string[])[_password, _passphrase, "SESS_ID_AT_"])
        {
            Assert.DoesNotContain(secret, shown, StringComparison.Ordinal);
            Assert.DoesNotContain(secret, place.Read("server.log"), StringComparison.Ordinal);
        }
    }

    private async Task SearchClientAsync(OpenvpnPlace place, int client, bool isPasswordKept)
    {
        string key = PemLine(place.Read("locked.key")), wrap = HexLine(place.Read("tc.key"));
        await FoundAsync(client, _planted, Encoding.Unicode, h => !h.IsGuarded);
        foreach (string secret in (string[])[_password, _passphrase, key, wrap])
            AssertNowhere(client, secret, Encoding.Unicode);
        // The configuration's own copies: that they are found shows that the search finds what is there.
        await FoundAsync(client, wrap, Encoding.UTF8, h => h.IsGuarded);
        if (LockedMemory.Limit is null or >= 4 << 20)
            await FoundAsync(client, wrap, Encoding.UTF8, h => h.IsLocked);
        await FoundAsync(client, key, Encoding.UTF8, h => h.IsGuarded || h.IsNative, h => h.IsGuarded);
        await FoundAsync(client, _passphrase, Encoding.UTF8, h => h.IsGuarded);
        if (isPasswordKept)
            await FoundAsync(client, _password, Encoding.UTF8, h => h.IsGuarded);
        else
            await GoneAsync(client, _password);
        Assert.Empty(Tokens(client, Encoding.Unicode));
        await OpenvpnPlace.UntilAsync(
            () => Tokens(client, Encoding.UTF8) is { Count: > 0 } tokens && tokens.All(h => h.IsGuarded),
            () => $"a token in {string.Join('\n', Tokens(client, Encoding.UTF8))}");
        AssertNumber(client, place.Read("client.key"));
    }

    private async Task SearchServerAsync(OpenvpnPlace place, int server)
    {
        string key = PemLine(place.Read("server.key")), wrap = HexLine(place.Read("tc.key"));
        await FoundAsync(server, _planted, Encoding.Unicode, h => !h.IsGuarded);
        foreach (string secret in (string[])[_password, key, wrap])
            AssertNowhere(server, secret, Encoding.Unicode);
        await FoundAsync(server, wrap, Encoding.UTF8, h => h.IsGuarded);
        await FoundAsync(server, key, Encoding.UTF8, h => h.IsGuarded || h.IsNative, h => h.IsGuarded);
        // It was compared, and nobody needs it any more; so the token that was pushed.
        await GoneAsync(server, _password);
        Assert.Empty(Tokens(server, Encoding.Unicode));
        await OpenvpnPlace.UntilAsync(() => Tokens(server, Encoding.UTF8).Count == 0, () => $"a token in {string.Join('\n', Tokens(server, Encoding.UTF8))}");
        AssertNumber(server, place.Read("server.key"));
    }

    private static void AssertNowhere(int process, string secret, Encoding encoding) =>
        Assert.Empty(ProcessMemory.Search(process, encoding.GetBytes(secret))[0]);

    // What is wiped is wiped soon after its last use, which may be a moment after the peer has what it wants.
    private static Task GoneAsync(int process, string secret)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(secret);
        return OpenvpnPlace.UntilAsync(
            () => ProcessMemory.Search(process, bytes)[0].Count == 0, () => $"still there: {string.Join('\n', ProcessMemory.Search(process, bytes)[0])}");
    }

    // In each place that it is in it may be, and it is in one that it must be in; soon, for what is being wiped.
    private static Task FoundAsync(
        int process, string text, Encoding encoding, Func<ProcessMemory.Hit, bool> may, Func<ProcessMemory.Hit, bool>? must = null)
    {
        byte[] bytes = encoding.GetBytes(text);
        return OpenvpnPlace.UntilAsync(
            () => ProcessMemory.Search(process, bytes)[0] is var hits && hits.Any(must ?? may) && hits.All(may),
            () => $"found in: {string.Join('\n', ProcessMemory.Search(process, bytes)[0])}");
    }

    // The private number itself, as the key's file has it and as the library keeps it: in the library's heap only.
    private static void AssertNumber(int process, string pem)
    {
        using ECDsa key = ECDsa.Create();
        key.ImportFromPem(pem);
        byte[] number = key.ExportParameters(includePrivateParameters: true).D!;
        IReadOnlyList<ProcessMemory.Hit>[] hits = ProcessMemory.Search(process, number, [.. number.Reverse()]);
        Assert.NotEmpty(hits.SelectMany(h => h));
        Assert.All(hits.SelectMany(h => h), h => Assert.True(h.IsNative, $"a private number in {h}"));
    }

    private static IReadOnlyList<ProcessMemory.Hit> Tokens(int process, Encoding encoding)
    {
        // The bare word is a constant of the program; with base64 behind it, it is a token.
        int step = encoding.GetByteCount("S");
        return [.. ProcessMemory.Search(process, encoding.GetBytes("SESS_ID_AT_"))[0]
            .Where(h => Enumerable.Range(0, 4).All(i => h.Next.Length > i * step && IsBase64((char)h.Next[i * step])))];

        static bool IsBase64(char c) => char.IsAsciiLetterOrDigit(c) || c is '+' or '/';
    }

    private void Prepare(OpenvpnPlace place, bool forgets)
    {
        place.Must("--genkey", "tls-crypt", "tc.key");
        Assert.Equal(0, CommandResult.Of(
            "openssl", "pkcs8", "-topk8", "-in", place.At("client.key"), "-out", place.At("locked.key"), "-passout", $"pass:{_passphrase}").ExitCode);
        place.Write("login", $"alice\n{_password}\n", isSecret: true);
        place.Write("users", PasswordFile.MakeLine("alice", Encoding.UTF8.GetBytes(_password), iterations: 1000) + "\n", isSecret: true);
        place.Write("inline-server.conf", $"""
            dev tun
            dh none
            topology subnet
            server 10.9.0.0 255.255.255.0
            keepalive 10 60
            auth-user-pass-file users
            auth-gen-token 3600
            setenv PLANTED {_planted}
            verb 4
            {Blocks(place, "server.crt", "server.key")}
            """, isSecret: true);
        place.Write("inline-client.conf", $"""
            client
            dev tun
            remote {OpenvpnPlace.Server} 1194
            nobind
            remote-cert-tls server
            auth-user-pass login
            {(forgets ? "auth-nocache" : "")}
            setenv PLANTED {_planted}
            verb 4
            {Blocks(place, "client.crt", "locked.key")}
            """, isSecret: true);
    }

    private static string Blocks(OpenvpnPlace place, string certificate, string key) =>
        $"<ca>\n{place.Read("ca.crt")}\n</ca>\n<cert>\n{place.Read(certificate)}\n</cert>\n<key>\n{place.Read(key)}\n</key>\n<tls-crypt>\n{place.Read("tc.key")}</tls-crypt>\n";

    // Gives the passphrase, and what the terminal shows until the tunnel is up.
    private async Task<string> AnswerAsync(Process terminal)
    {
        string shown = "";
        char[] buffer = new char[1024];
        bool isAnswered = false;
        while (!shown.Contains("Initialization Sequence Completed", StringComparison.Ordinal))
        {
            int count = await terminal.StandardOutput.ReadAsync(buffer.AsMemory(), TestContext.Current.CancellationToken);
            Assert.True(count > 0, shown);
            shown += new string(buffer, 0, count);
            if (isAnswered || !shown.Contains("Enter Private Key Password: ", StringComparison.Ordinal))
                continue;
            isAnswered = true;
            await terminal.StandardInput.WriteAsync(_passphrase + "\n");
            await terminal.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        }

        return shown;
    }

    // One whole line from the middle: long enough to be nothing else.
    private static string PemLine(string pem) => pem.Split('\n')[2].Trim();

    private static string HexLine(string key) => key.Split('\n')[8].Trim();
}
