// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Tunbridge.OpenVpn.Control;
using Tunbridge.OpenVpn.Settings;
using Tunbridge.Tunnels;

namespace Tunbridge.Hosting.OpenVpn;

/// <summary>A user's name and password: from a file, between tags or asked for, with what the server gave in their place.</summary>
internal sealed class ClientCredentials : IDisposable
{
    private readonly KeyMaterial? _source;
    private readonly TunnelIdentity _identity;
    private readonly SecretPrompt? _prompt;
    private readonly ClientDirectives _directives;
    private SecretBytes? _password;
    private SecretBytes? _token;
    private string? _tokenUser;
    private SecretBytes? _answer;       // to a dynamic challenge, for one login

    internal ClientCredentials(TunnelConfiguration configuration, TunnelIdentity identity, SecretPrompt? prompt)
    {
        _source = configuration.Credentials;
        _directives = configuration.Client;
        _identity = identity;
        _prompt = prompt;
    }

    internal bool HasToken => _token is not null;

    internal string Username { get; private set; } = "";

    /// <summary>Whom and what to send now; the bytes are of this object, until the next call of anything.</summary>
    /// <exception cref="TunnelIdentityException">They are not there, and nobody can be asked.</exception>
    internal async Task<(string User, ReadOnlyMemory<byte> Password)> GetAsync(CancellationToken cancellationToken)
    {
        if (_token is not null)
            return (_tokenUser ?? Username, _token.Memory);
        if (_answer is not null)
            return (Username, _answer.Memory);
        if (_source is null)
            return ("", default);
        if (_password is null)
            await ReadAsync(_source, cancellationToken).ConfigureAwait(false);
        return (Username, _password!.Memory);
    }

    /// <summary>The server has given a token in the password's place.</summary>
    internal void Take(ReadOnlyMemory<byte>? token, string? user)
    {
        if (token is not { } bytes)
            return;
        _token?.Dispose();
        _token = new SecretBytes(bytes.Span);
        _tokenUser = user;
        ForgetAnswer();
        if (_directives.ForgetsCredentials)
            ForgetPassword();
    }

    internal void ForgetToken()
    {
        _token?.Dispose();
        _token = null;
        _tokenUser = null;
    }

    internal void ForgetPassword()
    {
        _password?.Dispose();
        _password = null;
    }

    /// <summary>A login has been made with the answer: it holds once.</summary>
    internal void ForgetAnswer()
    {
        _answer?.Dispose();
        _answer = null;
    }

    /// <summary>Asks a person what the server asks; false when nobody can be asked.</summary>
    internal async Task<bool> TryAnswerAsync(AuthFailure challenge, CancellationToken cancellationToken)
    {
        if (_prompt is null)
            return false;
        using SecretBytes? response = await _prompt(new() { Text = $"CHALLENGE: {challenge.Reason}", Echoes = challenge.ChallengeEchoes }, cancellationToken).ConfigureAwait(false);
        if (response is null)
            return false;
        if (challenge.ChallengeUser.Length > 0)
            Username = challenge.ChallengeUser;
        ForgetAnswer();
        _answer = Join(Encoding.UTF8.GetBytes($"CRV1::{challenge.ChallengeState}::"), response.Span);
        return true;
    }

    public void Dispose()
    {
        ForgetPassword();
        ForgetToken();
        ForgetAnswer();
    }

    // Two lines: name, password. With one line the password is asked for.
    private async Task ReadAsync(KeyMaterial source, CancellationToken cancellationToken)
    {
        string user = "";
        SecretBytes? password = null;
        if (source.File is not null || source.Inline is not null)
        {
            using SecretBytes text = _identity.Files.Read(source, isSecret: source.File is not null);
            ReadOnlySpan<byte> rest = text.Span;
            user = Encoding.UTF8.GetString(TakeLine(ref rest));
            ReadOnlySpan<byte> second = TakeLine(ref rest);
            if (!second.IsEmpty)
                password = new SecretBytes(second);
        }
        if (user.Length == 0)
        {
            using SecretBytes name = await AskAsync(source, "Enter Auth Username", echoes: true, cancellationToken).ConfigureAwait(false);
            user = Encoding.UTF8.GetString(name.Span);
        }
        password ??= await AskAsync(source, "Enter Auth Password", echoes: false, cancellationToken).ConfigureAwait(false);
        if (_directives.StaticChallenge is { } question)
        {
            using SecretBytes plain = password;
            using SecretBytes response = await AskAsync(source, $"CHALLENGE: {question}", _directives.StaticChallengeEchoes, cancellationToken).ConfigureAwait(false);
            password = Challenged(plain.Span, response.Span);
        }
        Username = user;
        _password = password;
    }

    private async Task<SecretBytes> AskAsync(KeyMaterial source, string text, bool echoes, CancellationToken cancellationToken)
    {
        SecretBytes? answer = _prompt is null ? null
            : await _prompt(new() { Text = text, Echoes = echoes }, cancellationToken).ConfigureAwait(false);
        return answer ?? throw SecretFiles.Fault(source, $"nobody can be asked ('{text}'): name a file with the user's name and the password in two lines");
    }

    // SCRV1:base64(password):base64(response)
    private static SecretBytes Challenged(ReadOnlySpan<byte> password, ReadOnlySpan<byte> response)
    {
        using SecretBytes first = Base64(password);
        using SecretBytes second = Base64(response);
        using SecretBytes start = Join("SCRV1:"u8, first.Span);
        using SecretBytes middle = Join(start.Span, ":"u8);
        return Join(middle.Span, second.Span);
    }

    private static SecretBytes Base64(ReadOnlySpan<byte> bytes)
    {
        SecretBytes text = new(System.Buffers.Text.Base64.GetMaxEncodedToUtf8Length(bytes.Length));
        System.Buffers.Text.Base64.EncodeToUtf8(bytes, text.Span, out _, out _);
        return text;
    }

    private static SecretBytes Join(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        SecretBytes both = new(first.Length + second.Length);
        first.CopyTo(both.Span);
        second.CopyTo(both.Span[first.Length..]);
        return both;
    }

    private static ReadOnlySpan<byte> TakeLine(ref ReadOnlySpan<byte> rest)
    {
        int end = rest.IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[(end + 1)..];
        return line.TrimEnd((byte)'\r');
    }
}
