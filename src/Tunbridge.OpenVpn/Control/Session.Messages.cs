// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Tunbridge.OpenVpn.Data;
using Tunbridge.OpenVpn.Wire;
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Control;

/// <content>Texts inside TLS: push, refusal, farewell.</content>
public sealed partial class Session
{
    private static readonly TimeSpan s_pushInterval = TimeSpan.FromSeconds(5);

    // Client: what is asked and answered.
    private readonly PushReply _push = new();
    private DateTimeOffset _nextPushRequest;
    private SecretBytes? _token;
    private SecretBytes? _pushedToken;     // cut out of a push whose options are still to be looked at
    private string? _tokenUser;
    private string _peerOptions = "";

    /// <summary>
    /// A client: the token that the server pushed in place of the password, in memory of the session until the next call of anything;
    /// null when it has not.
    /// </summary>
    public ReadOnlyMemory<byte>? AuthToken => _token?.Memory;

    /// <summary>A client: the user's name that goes with <see cref="AuthToken"/>; null: the one that was sent first.</summary>
    public string? AuthTokenUser => _tokenUser;

    /// <summary>A client answers a question of the server (<c>CR_TEXT</c> in an INFO_PRE).</summary>
    /// <param name="now">The time.</param>
    /// <param name="answer">The answer, UTF-8.</param>
    public void Respond(DateTimeOffset now, ReadOnlySpan<byte> answer)
    {
        if (IsClosed || _primary is not { Phase: KeyPhase.Options or KeyPhase.Active } state)
            return;
        SendText(state, "CR_RESPONSE," + Convert.ToBase64String(answer));
        Pump(now);
    }

    /// <summary>A client leaves: tells the server, if the data channel works, and closes.</summary>
    /// <param name="now">The time.</param>
    public void Leave(DateTimeOffset now)
    {
        KeyState? state = _primary is { IsActive: true } ? _primary : _lameDuck is { IsActive: true, HasTls: true } ? _lameDuck : null;
        if (!IsClosed && state is not null)
        {
            if (_usesControlExit)
                SendText(state, "EXIT");
            else
                SealInBand(state, InBand.Exit, now);
        }
        Close(SessionCloseReason.Local, "closed by this side");
    }

    /// <summary>The peer has said over the data channel that it leaves.</summary>
    public void HandlePeerExit() => Close(SessionCloseReason.PeerExit, "remote-exit");

    private void HandleMessage(DateTimeOffset now, KeyState state, ControlMessage message)
    {
        if (_isServer)
            HandleClientMessage(now, state, message);
        else
            HandleServerMessage(now, state, message);
    }

    private void HandleServerMessage(DateTimeOffset now, KeyState state, ControlMessage message)
    {
        switch (message.Kind)
        {
            case ControlMessageKind.PushReply:
                Note($"PUSH: Received control message: '{message.ForLog()}'");
                HandlePush(now, state, message.Argument);
                break;
            case ControlMessageKind.AuthFailed:
                Note($"AUTH: Received control message: {message.Text}");
                Close(new SessionClosed
                {
                    Reason = SessionCloseReason.AuthFailed,
                    Text = message.Argument,
                    Failure = AuthFailure.Parse(message.Argument),
                });
                break;
            case ControlMessageKind.Restart:
                Note($"Connection reset command was pushed by server ('{message.Argument}')");
                SendAway(SessionCloseReason.ServerRestart, message.Argument);
                break;
            case ControlMessageKind.Halt:
                Note($"Halt command was pushed by server ('{message.Argument}')");
                SendAway(SessionCloseReason.ServerHalt, message.Argument);
                break;
            case ControlMessageKind.Exit:
                Close(SessionCloseReason.PeerExit, "remote-exit");
                break;
            case ControlMessageKind.AuthPending:
                ExtendDeadline(message.Argument);
                _events.Enqueue(new SessionMessage { Text = message.Text });
                break;
            case ControlMessageKind.InfoPre or ControlMessageKind.Info:
                _events.Enqueue(new SessionMessage { Text = message.Text });
                break;
            default:
                Note($"WARNING: Received unknown control message: {message.ForLog()}");
                break;
        }
    }

    // [flags]reason: the bracket is optional, and follows at once.
    private void SendAway(SessionCloseReason reason, string argument)
    {
        int close = argument.StartsWith('[') ? argument.IndexOf(']', StringComparison.Ordinal) : -1;
        ReadOnlySpan<char> flags = close > 0 ? argument.AsSpan(1, close - 1) : default;
        Close(new SessionClosed
        {
            Reason = reason,
            Text = argument,
            GoesToNextRemote = flags.Contains('N'),
            KeepsCredentials = flags.Contains('P'),
        });
    }

    private void RequestPush(DateTimeOffset now)
    {
        if (_primary is not { Phase: KeyPhase.Options } state || now < _nextPushRequest)
            return;
        _nextPushRequest = now + s_pushInterval;
        bool isSent = SendText(state, "PUSH_REQUEST");
        Note($"SENT CONTROL [{(PeerChain is [var peer, ..] ? peer.CommonName : "UNDEF")}]: 'PUSH_REQUEST' (status={(isSent ? 1 : 0)})");
    }

    private void HandlePush(DateTimeOffset now, KeyState state, string argument)
    {
        if (state.Phase != KeyPhase.Options)
        {
            // Later pushes only refresh the token.
            foreach (string option in argument.Split(',').Where(o => o.StartsWith("auth-token", StringComparison.Ordinal)))
                ApplyOption(option.Split(' ', StringSplitOptions.RemoveEmptyEntries), new PushedFormat());
            return;
        }
        bool? isWhole = _push.Append(argument);
        if (isWhole is null)
            Close(SessionCloseReason.OptionsRefused, $"the server pushed more than {PushReply.MaximumOptions} options");
        if (isWhole == true)
            ApplyOptions(now, state);
    }

    private void ApplyOptions(DateTimeOffset now, KeyState state)
    {
        PushedFormat pushed = new() { Framing = _settings.CompressionFraming };
        List<string> others = [];
        foreach (string option in _push.Options)
        {
            Settings.PullFilterAction? action = _settings.PullFilters.FirstOrDefault(f => option.StartsWith(f.Prefix, StringComparison.Ordinal))?.Action;
            if (action == Settings.PullFilterAction.Ignore)
                continue;
            if (action == Settings.PullFilterAction.Reject)
                pushed.Refusal ??= $"Pushed option rejected by filter: '{option}'. Restarting.";
            else if (!ApplyOption(option.Split(' ', StringSplitOptions.RemoveEmptyEntries), pushed))
                others.Add(option);
        }
        string? cipher = ChooseCipher(pushed.Cipher, out string refusal);
        if (pushed.Refusal is not null || cipher is null)
        {
            Close(SessionCloseReason.OptionsRefused, pushed.Refusal ?? refusal);
            return;
        }
        _format = _settings.Format(cipher, pushed.PeerId, pushed.Framing) with { HasEpochs = pushed.HasEpochs };
        if (pushed.HasEpochs && !(_usesKeyExport && _format.CanHaveEpochs))
        {
            Close(SessionCloseReason.OptionsRefused, "protocol-flags aead-epoch needs tls-ekm, a peer-id and an AEAD cipher, which the server did not push");
            return;
        }
        if (_usesDynamicTlsCrypt && !TryUseDynamicTlsCrypt(now, state))
        {
            Close(SessionCloseReason.OptionsRefused, "the key of dynamic tls-crypt cannot be made");
            return;
        }
        Activate(now, state);
        if (!IsClosed)
        {
            StartTimers(now);
            _events.Enqueue(new SessionConnected { Options = others, Cipher = cipher, PeerId = pushed.PeerId });
        }
    }

    // Options that are the session's own; false for all others. Only what is named here does anything.
    private bool ApplyOption(string[] words, PushedFormat pushed)
    {
        switch (words)
        {
            case ["peer-id", var text] when uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint id) && id <= 0xffffff:
                pushed.PeerId = id == 0xffffff ? null : id;
                return true;
            case ["cipher", var name]:
                pushed.Cipher = name;
                return true;
            case ["key-derivation", var method]:
                _usesKeyExport = method == "tls-ekm" && _settings.AllowKeyExport;
                pushed.Refusal ??= _usesKeyExport ? null : $"key-derivation {method} is not offered here";
                return true;
            case ["protocol-flags", .. var flags]:
                Note($"Protocol options: {string.Join(' ', words)}");
                foreach (string flag in flags)
                    ApplyFlag(flag, pushed);
                return true;
            case ["ping", var text] when TryReadSeconds(text, out TimeSpan time):
                _ping = time;
                return true;
            case ["ping-restart", var text] when TryReadSeconds(text, out TimeSpan time):
                (_pingRestart, _pingExit) = (time, TimeSpan.Zero);
                return true;
            case ["ping-exit", var text] when TryReadSeconds(text, out TimeSpan time):
                (_pingExit, _pingRestart) = (time, TimeSpan.Zero);
                return true;
            case ["inactive", var text, .. { Length: < 2 } rest] when TryReadSeconds(text, out TimeSpan time):
                long least = 0;
                if (rest.Length == 1 && !long.TryParse(rest[0], NumberStyles.None, CultureInfo.InvariantCulture, out least))
                    return false;
                (_inactive, _inactiveBytes) = (time, least);
                return true;
            case ["session-timeout", var text] when TryReadSeconds(text, out TimeSpan time):
                _sessionTimeout = time;
                return true;
            case ["compress" or "comp-lzo", ..]:
                ApplyCompression(words, pushed);
                return true;
            case ["auth-token", ..]:
                if (_pushedToken is not null)
                {
                    _token?.Dispose();
                    (_token, _pushedToken) = (_pushedToken, null);
                }
                return true;
            case ["auth-token-user", var user]:
                byte[] bytes = new byte[user.Length];
                if (Convert.TryFromBase64String(user, bytes, out int length))
                    _tokenUser = Encoding.UTF8.GetString(bytes, 0, length);
                return true;
            default:
                return false;
        }
    }

    private void ApplyFlag(string flag, PushedFormat pushed)
    {
        switch (flag)
        {
            case "cc-exit":
                _usesControlExit = true;
                break;
            case "tls-ekm" when _settings.AllowKeyExport:
                _usesKeyExport = true;
                break;
            case "dyn-tls-crypt" when _settings.AllowKeyExport:
                _usesDynamicTlsCrypt = true;
                break;
            case "aead-epoch" when _settings.AllowKeyExport:
                pushed.HasEpochs = true;
                break;
            default:
                pushed.Refusal ??= $"protocol-flags {flag} is not offered here";
                break;
        }
    }

    private static void ApplyCompression(string[] words, PushedFormat pushed)
    {
        CompressionFraming? framing = words switch
        {
            ["compress"] or ["compress", "stub"] => CompressionFraming.Swap,
            ["compress", "stub-v2"] => CompressionFraming.StubV2,
            ["comp-lzo", "no"] => CompressionFraming.Lzo,
            // The configuration asked for the framing, too: what the server packs is unpacked, nothing is packed.
            ["comp-lzo", ..] when pushed.Framing == CompressionFraming.Lzo => CompressionFraming.Lzo,
            _ => null,
        };
        if (framing is { } known)
            pushed.Framing = known;
        else
            pushed.Refusal ??= $"the server pushed '{string.Join(' ', words)}': compression is not offered here; remove it from the server";
    }

    private string? ChooseCipher(string? pushed, out string refusal)
    {
        string ours = string.Join(':', _settings.DataCiphers);
        string? wanted = pushed ?? ConsistencyText.CipherOf(_peerOptions) ?? _settings.FallbackCipher;
        refusal = wanted is null
            ? "OPTIONS ERROR: failed to negotiate cipher with server: it names none; set data-ciphers-fallback"
            : $"OPTIONS ERROR: failed to negotiate cipher with server.  Add the server's cipher ('{wanted}') to --data-ciphers " +
                $"(currently '{ours}') if you want to connect to this server.";
        bool isAllowed = wanted is not null && DataCipher.Find(wanted) is not null &&
            (_settings.DataCiphers.Contains(wanted, StringComparer.OrdinalIgnoreCase) ||
                (pushed is null && string.Equals(wanted, _settings.FallbackCipher, StringComparison.OrdinalIgnoreCase)));
        return isAllowed ? wanted : null;
    }

    private void ExtendDeadline(string argument)
    {
        if (_primary is { } state && argument.Split(' ') is ["timeout", var text] && TryReadSeconds(text, out TimeSpan wanted))
        {
            TimeSpan limit = _settings.RenegotiateAfter / 2 > _settings.HandWindow ? _settings.RenegotiateAfter / 2 : _settings.HandWindow;
            _deadline = state.Started + _settings.HandWindow + (wanted < limit ? wanted : limit);
        }
    }

    private static bool TryReadSeconds(string text, out TimeSpan time)
    {
        bool isRight = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds);
        time = TimeSpan.FromSeconds(seconds);
        return isRight;
    }

    private sealed class PushedFormat
    {
        internal string? Cipher;
        internal uint? PeerId;
        internal CompressionFraming Framing;
        internal bool HasEpochs;
        internal string? Refusal;
    }
}
