// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Text;
using Tunbridge.OpenVpn.Control;
using Tunbridge.OpenVpn.Wire;
using Tunbridge.Tunnels;

namespace Tunbridge.Hosting.OpenVpn;

/// <content>
/// Whether a client is let in, or may stay at a renegotiation: certificate, then name and password. Every method here is the owner's, from
/// top to bottom: what is awaited by way of the mailbox comes back to it.
/// </content>
public sealed partial class OpenVpnServer
{
    private const int LongestPatience = 3600;

    // Hashes are slow on purpose; the data path needs processors, too.
    private readonly SemaphoreSlim _hashing = new(Math.Max(1, Environment.ProcessorCount / 2));
    private ExceptionDispatchInfo? _fault;

    // Keeps count of what is under way, and the first fault, which ends the server.
    private void Judge(Task<bool> work)
    {
        _judging++;
        _ = FinishAsync(work);
    }

    private async Task FinishAsync(Task<bool> work)
    {
        try
        {
            await _mailbox.Resume(work);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _fault ??= ExceptionDispatchInfo.Capture(e);
        }
        finally
        {
            _judging--;
        }
    }

    private async Task<bool> AdmitAsync(ServerClient client, AuthenticationRequested request)
    {
        using SecretBytes password = request.Password;
        (_handshakes, _lastHandshake) = (_handshakes + 1, _clock.Now);
        string? refusal = "";
        try
        {
            refusal = await _mailbox.Resume(CheckAsync(client, request));
            if (!client.IsGone && refusal is null && request.KeyId == 0)
                await _mailbox.Resume(ConnectAsync(client));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No file for a script could be made: nobody has said yes.
            Log(client, 1, $"TLS Auth Error: {e.Message}");
            refusal = "";
        }
        if (client.IsGone)
            return false;
        if (refusal is not null)
            client.Session.Reject(_clock.Now, request.KeyId, refusal);
        else if (request.KeyId > 0)
            client.Session.Accept(_clock.Now, request.KeyId, client.TokenSession is null ? [] : ["auth-token"], client.Slot!.Value, token: MakeToken(client));
        Serve(client);
        return refusal is null;
    }

    // Null lets it pass; else what follows AUTH_FAILED, which may be nothing.
    private async Task<string?> CheckAsync(ServerClient client, AuthenticationRequested request)
    {
        if (request.KeyId == 0)
        {
            Introduce(client, request);
        }
        else if (WhatChanged(client, request) is { } change)
        {
            Log(client, 1, $"TLS Auth Error: {change} -- tunnel disabled");
            return "";
        }
        if (_policy.TlsVerify is not null && !await _mailbox.Resume(VerifyChainAsync(client, request.Certificates)))
            return "";
        bool isNameless = IsNameless(request);
        if (ChecksPasswords && isNameless && !_configuration.Server.PasswordIsOptional)
        {
            Log(client, 1, "TLS Error: Auth Username/Password was not provided by peer");
            return "";
        }
        // Where they are optional a script still judges who comes without; a file of passwords has nothing to say about them.
        if (ChecksPasswords && (!isNameless || _policy.PasswordVerify is not null))
        {
            if (await _mailbox.Resume(CheckPasswordAsync(client, request)) is { } refusal)
            {
                Log(client, 1, "TLS Auth Error: Auth Username/Password verification failed for peer");
                return refusal;
            }
            bool isName = _configuration.Server.UsesUsernameAsName;
            Log(client, 3, $"TLS: Username/Password authentication succeeded for username '{request.Username}'{(isName ? " [CN SET]" : "")}");
        }
        if (request.KeyId == 0 && !client.IsGone)
        {
            client.Username = request.Username.Length > 0 ? request.Username : null;
            client.CommonName = _configuration.Server.UsesUsernameAsName && client.Username is not null ? client.Username
                : request.Certificates is [{ CommonName.Length: > 0 } own, ..] ? own.CommonName : null;
            client.Environment?.Set("common_name", client.CommonName ?? "");
        }
        return null;
    }

    private static bool IsNameless(AuthenticationRequested request) => request.Username.Length == 0 && request.Password.Length == 0;

    private void Introduce(ServerClient client, AuthenticationRequested request)
    {
        foreach ((string name, string value) in request.PeerInfo)
            Log(client, 3, $"peer info: {name}={value}");
        client.Fingerprints = [.. request.Certificates.Select(c => c.Sha256)];
        if (!_policy.WantsEnvironment)
            return;
        client.Environment = new ScriptEnvironment(_environment);
        client.Environment.SetCertificates(request.Certificates);
        foreach ((string name, string value) in request.PeerInfo)
            client.Environment.SetPeerInfo(name, value);
        if (request.Username.Length > 0)
            client.Environment.Set("username", request.Username);
        if (request.Certificates.Count > 0)
            client.Environment.Set("common_name", request.Certificates[0].CommonName);
        client.Environment.SetAddress("untrusted", client.Path.Path.Remote);
    }

    // Who a client is was settled at its first key.
    private static string? WhatChanged(ServerClient client, AuthenticationRequested request)
    {
        if (!client.HasFingerprints([.. request.Certificates.Select(c => c.Sha256)]))
            return $"TLS object CN attempted to change from '{client.CommonName}' to '{(request.Certificates is [var own, ..] ? own.CommonName : "")}'";
        return request.Username != (client.Username ?? "")
            ? $"username attempted to change from '{client.Username}' to '{request.Username}'" : null;
    }

    // tls-verify: from the authority down, as openvpn calls it.
    private async Task<bool> VerifyChainAsync(ServerClient client, IReadOnlyList<PeerCertificate> chain)
    {
        for (int depth = chain.Count - 1; depth >= 0; depth--)
        {
            ScriptEnvironment environment = new(_environment);
            environment.SetAddress("untrusted", client.Path.Path.Remote);
            environment.SetCertificates(chain, depth);
            if (depth == 0)
                environment.Set("common_name", chain[0].CommonName);
            ScriptResult result = await _mailbox.Resume(_scripts.RunAsync(_policy.TlsVerify!, environment,
                [depth.ToString(CultureInfo.InvariantCulture), chain[depth].Subject], _settings.HandWindow, _ending.Token));
            if (!result.IsSuccess)
            {
                Log(client, 1, $"VERIFY SCRIPT ERROR: depth={depth}, {chain[depth].Subject}: {result.Describe()}");
                return false;
            }
            Log(client, 3, $"VERIFY SCRIPT OK: depth={depth}, {chain[depth].Subject}");
        }
        return true;
    }

    private async Task<string?> CheckPasswordAsync(ServerClient client, AuthenticationRequested request)
    {
        string? state = null;
        bool isExternal = _configuration.Server.Tokens?.IsExternal == true;
        if (_tokens is not null && AuthToken.IsToken(request.Password.Span))
        {
            state = JudgeToken(client, request);
            if (!isExternal)
                return state switch { "Authenticated" => null, "Expired" => "SESSION: token expired", _ => "" };
        }
        else if (_tokens is not null && !IsNameless(request))
        {
            client.TokenSession = new byte[AuthToken.SessionIdSize];
            _options.Random.Fill(client.TokenSession);
            client.FirstLogin = _clock.Now.ToUnixTimeSeconds();
            state = "Initial";
        }
        if (state is not null)
        {
            client.Environment?.Set("session_state", state);
            client.Environment?.Set("session_id", Convert.ToBase64String(client.TokenSession ?? []));
        }
        if (_passwords is not null && !IsNameless(request) && !await _mailbox.Resume(VerifyHashAsync(request)))
            return "";
        return _policy.PasswordVerify is null ? null : await _mailbox.Resume(AskScriptAsync(client, request));
    }

    // In the words that scripts hear as session_state.
    private string JudgeToken(ServerClient client, AuthenticationRequested request)
    {
        byte[] session = new byte[AuthToken.SessionIdSize];
        if (!_tokens!.TryVerify(request.Username, request.Password.Span, session, out long firstLogin, out long made))
            return "Invalid";
        // A renegotiation goes on with the login that it began with.
        if (request.KeyId > 0 && client.TokenSession is { } own && !own.AsSpan().SequenceEqual(session))
            return "Invalid";
        (client.TokenSession, client.FirstLogin) = (session, firstLogin);
        long now = _clock.Now.ToUnixTimeSeconds();
        long lifetime = (long)_configuration.Server.Tokens!.Lifetime.TotalSeconds;
        long renewal = (long)(_configuration.Server.Tokens.Renewal ?? _settings.RenegotiateAfter).TotalSeconds;
        bool isExpired = (lifetime > 0 && now > firstLogin + lifetime) || (renewal > 0 && now > made + (2 * renewal));
        return isExpired ? "Expired" : "Authenticated";
    }

    private SecretBytes? MakeToken(ServerClient client) => client.TokenSession is not { } session ? null
        : _tokens!.Make(client.Username ?? "", session, client.FirstLogin, _clock.Now.ToUnixTimeSeconds());

    private async Task<bool> VerifyHashAsync(AuthenticationRequested request)
    {
        await _hashing.WaitAsync(_ending.Token).ConfigureAwait(false);
        try
        {
            return await Task.Run(() => _passwords!.Verify(request.Username, request.Password.Span)).ConfigureAwait(false);
        }
        finally
        {
            _hashing.Release();
        }
    }

    private async Task<string?> AskScriptAsync(ServerClient client, AuthenticationRequested request)
    {
        ScriptEnvironment environment = new(client.Environment!);
        List<string> arguments = [];
        using ScriptFile verdict = ScriptFile.Create(_policy.TemporaryDirectory, []);
        using ScriptFile reason = ScriptFile.Create(_policy.TemporaryDirectory, []);
        environment.Set("auth_control_file", verdict.Name);
        environment.Set("auth_failed_reason_file", reason.Name);
        using ScriptFile pending = ScriptFile.Create(_policy.TemporaryDirectory, []);
        environment.Set("auth_pending_file", pending.Name);
        using ScriptFile? credentials = _configuration.Scripts.PasswordByEnvironment ? null : WriteCredentials(request);
        if (credentials is null)
            environment.Set("password", Encoding.UTF8.GetString(request.Password.Span));
        else
            arguments.Add(credentials.Name);
        ScriptResult result = await _mailbox.Resume(_scripts.RunAsync(_policy.PasswordVerify!, environment, arguments, _settings.HandWindow, _ending.Token));
        bool isRight = result.IsSuccess;
        if (result.IsDeferred && !client.IsGone)
        {
            TimeSpan patience = HoldVerdict(client, request.KeyId, pending.Read());
            isRight = await _mailbox.Resume(verdict.WaitForVerdictAsync(patience, _ending.Token));
        }
        if (isRight)
            return null;
        if (!string.IsNullOrEmpty(result.Problem))
            Log(client, 1, $"WARNING: Failed running command (--auth-user-pass-verify): {result.Problem}");
        return OneLine(reason.Read());
    }

    // auth_pending_file: seconds, method (openurl, webauth, crtext), and what the client is told.
    private TimeSpan HoldVerdict(ServerClient client, byte keyId, string text)
    {
        string[] lines = text.Split('\n', StringSplitOptions.TrimEntries);
        if (lines.Length < 3 || !int.TryParse(lines[0], NumberStyles.None, CultureInfo.InvariantCulture, out int seconds))
            return _settings.HandWindow;
        TimeSpan patience = TimeSpan.FromSeconds(Math.Clamp(seconds, 1, LongestPatience));
        client.Session.HoldVerdict(_clock.Now, keyId, patience, OneLine(lines[2]));
        Serve(client);
        return patience;
    }

    private ScriptFile WriteCredentials(AuthenticationRequested request)
    {
        int nameLength = Encoding.UTF8.GetByteCount(request.Username);
        using SecretBytes text = new(nameLength + request.Password.Length + 2);
        Encoding.UTF8.GetBytes(request.Username, text.Span);
        text.Span[nameLength] = (byte)'\n';
        request.Password.Span.CopyTo(text.Span[(nameLength + 1)..]);
        // A second line of a password is no name, and no third thing either.
        text.Span.Slice(nameLength + 1, request.Password.Length).Replace((byte)'\n', (byte)'_');
        text.Span[^1] = (byte)'\n';
        return ScriptFile.Create(_policy.TemporaryDirectory, text.Span);
    }

    // tls-crypt-v2-verify: nothing is sent to the client before.
    private async Task<bool> VerifyClientKeyAsync(ServerClient client)
    {
        ReadOnlyMemory<byte> metadata = client.Session.ClientKeyMetadata;
        string problem;
        try
        {
            ScriptEnvironment environment = new();
            environment.Set("metadata_type", metadata.Span[0]);
            using ScriptFile file = ScriptFile.Create(_policy.TemporaryDirectory, metadata.Span[1..]);
            environment.Set("metadata_file", file.Name);
            ScriptResult result = await _mailbox.Resume(_scripts.RunAsync(_policy.KeyVerify!, environment, [], _settings.HandWindow, _ending.Token));
            problem = result.IsSuccess ? "" : result.Describe();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No file for the script could be made: nobody has said yes.
            problem = e.Message;
        }
        if (client.IsGone)
            return false;
        if (problem.Length > 0)
        {
            Log(client, 1, $"TLS CRYPT V2 VERIFY SCRIPT ERROR: {problem}");
            Remove(client);
            return false;
        }
        client.IsHeld = false;
        Serve(client);
        return true;
    }

    // What goes to the client in one text of the control channel.
    private static string OneLine(string text)
    {
        const int Longest = 512;
        string line = string.Concat(text.Trim().Select(c => char.IsControl(c) ? ' ' : c));
        return line.Length <= Longest ? line : line[..Longest];
    }
}
