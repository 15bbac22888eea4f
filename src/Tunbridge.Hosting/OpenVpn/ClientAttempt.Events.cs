// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.OpenVpn.Client;
using Tunbridge.OpenVpn.Control;
using Tunbridge.OpenVpn.Wire;
using Tunbridge.Tunnels;

namespace Tunbridge.Hosting.OpenVpn;

/// <content>What the session tells.</content>
internal sealed partial class ClientAttempt
{
    private const string Offending = "Offending option received from server";

    private void TakeEvents(CancellationToken ending)
    {
        while (_session is not null && _end is null && _session.TryPollEvent(out SessionEvent? happened))
        {
            switch (happened)
            {
                case SessionNote note:
                    _client.Log(VerbosityOf(note.Text), note.Text);
                    break;
                case SessionConnected connected:
                    Connect(connected, ending);
                    break;
                case SessionRekeyed rekeyed:
                    _client.Log(3, $"Data Channel: key {rekeyed.KeyId} in use");
                    _client.TakeToken(_session);
                    break;
                case SessionMessage message:
                    HandleMessage(message.Text, ending);
                    break;
                case SessionClosed closed:
                    HandleClosed(closed);
                    break;
                default:
                    break;
            }
        }
    }

    private static int VerbosityOf(string line) =>
        line.Contains("Error", StringComparison.Ordinal) || line.StartsWith("WARNING", StringComparison.Ordinal) ||
        line.StartsWith("AUTH:", StringComparison.Ordinal) || line.Contains("restarting", StringComparison.Ordinal) || line.Contains("pushed by server", StringComparison.Ordinal) ? 1 : 3;

    private void Connect(SessionConnected connected, CancellationToken ending)
    {
        Session session = _session!;
        _client.TakeToken(session);
        _channel = new SessionChannel(session);
        Peer = new TunnelPeer(_channel, _path)
        {
            Index = connected.PeerId,
            MaximumSegmentSize = session.SegmentLimit(_configuration.MssFix, _server.IsIPv6) ?? 0,
        };
        _pump!.Add(Peer);
        _setUp = SetUpAsync(connected, ending);
    }

    private async Task SetUpAsync(SessionConnected connected, CancellationToken ending)
    {
        try
        {
            PulledOptions options = PulledOptions.Read(_configuration, connected.Options);
            foreach (string problem in options.Problems)
                _client.Log(1, problem);
            if (options.Refusal is { } refusal)
            {
                End(new() { Signal = Offending }, refusal);
                return;
            }
            foreach (string import in options.Imports)
                _client.Log(3, import);
            _client.Log(3, $"Data Channel: cipher '{connected.Cipher}', peer-id: {connected.PeerId?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "none"}");
            Task<TunnelCard> work = _client.SetUpAsync(this, options, connected.Cipher, ending);
            // Observed here in any case: when the attempt ends, nobody goes on behind the mailbox.
            await ((Task)work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _mailbox.Post(() => Finish(work));
        }
        catch (Exception e) when (e is IOException or ArgumentException or FormatException)
        {
            _mailbox.Post(() => End(new() { Signal = "setup-failed", Final = OpenVpnClientEnd.Failed }, $"the host cannot be set up: {e.Message}"));
        }
    }

    private void Finish(Task<TunnelCard> work)
    {
        if (_end is not null || _pump is null)
            return;
        if (work.Exception?.InnerException is { } error)
        {
            End(new() { Signal = "setup-failed", Final = OpenVpnClientEnd.Failed }, $"the host cannot be set up: {error.Message}");
        }
        else if (work.IsCompletedSuccessfully)
        {
            _pump.Attach(work.Result.Queues);
            _client.Log(1, "Initialization Sequence Completed");
            _client.Enter(OpenVpnClientState.Connected);
        }
    }

    private void HandleMessage(string text, CancellationToken ending)
    {
        if (text.StartsWith("AUTH_PENDING", StringComparison.Ordinal))
        {
            _client.Log(3, $"AUTH_PENDING received: {text}");
            _client.Enter(OpenVpnClientState.AuthPending);
        }
        else
        {
            _client.Log(1, $"Info command was pushed by server ('{text[(text.IndexOf(',', StringComparison.Ordinal) + 1)..]}')");
            if (text.Split(':', 3) is ["INFO_PRE,CR_TEXT", var flags, var question])
                _ = AnswerAsync(question, flags.Split(',').Contains("E"), ending);
        }
    }

    private async Task AnswerAsync(string question, bool echoes, CancellationToken ending)
    {
        if (_options.Prompt is not { } prompt)
            return;
        try
        {
            SecretBytes? answer = await prompt(new() { Text = $"CHALLENGE: {question}", Echoes = echoes }, ending).ConfigureAwait(false);
            if (answer is not null)
            {
                _mailbox.Post(() =>
                {
                    using (answer)
                        _session?.Respond(_clock.Now, answer.Span);
                });
            }
        }
        catch (OperationCanceledException)
        {
            // The connection has ended meanwhile.
            return;
        }
    }

    private void HandleClosed(SessionClosed closed)
    {
        switch (closed.Reason)
        {
            case SessionCloseReason.Local:
                break;
            case SessionCloseReason.AuthFailed:
                HandleRefusal(AuthFailure.Parse(closed.Text));
                break;
            case SessionCloseReason.OptionsRefused:
                End(new() { Signal = closed.Text.StartsWith("Pushed option rejected", StringComparison.Ordinal) ? Offending : "process-push-msg-failed" }, closed.Text);
                break;
            case SessionCloseReason.ServerRestart:
                HandleRestart(closed.Text);
                break;
            case SessionCloseReason.ServerHalt:
                End(new() { Signal = "server-pushed-halt", Final = OpenVpnClientEnd.Halted });
                break;
            case SessionCloseReason.PeerExit:
                End(new() { Signal = "remote-exit" });
                break;
            case SessionCloseReason.PingRestart:
                End(new() { Signal = "ping-restart" });
                break;
            case SessionCloseReason.PingExit:
                End(new() { Signal = "ping-exit", Final = OpenVpnClientEnd.PingExit });
                break;
            case SessionCloseReason.Inactive:
                End(new() { Signal = "inactive", Final = OpenVpnClientEnd.Inactive });
                break;
            case SessionCloseReason.SessionTimeout:
                End(new() { Signal = "session-timeout", Final = OpenVpnClientEnd.SessionTimeout });
                break;
            default:
                if (closed.Reason == SessionCloseReason.TlsFailed && closed.Text.StartsWith("depth=", StringComparison.Ordinal))
                    _client.Log(1, $"VERIFY ERROR: {closed.Text.Replace(", ", ", error=", StringComparison.Ordinal)}");
                else
                    _client.Log(1, $"TLS Error: {closed.Text}");
                End(new() { Signal = "tls-error", Final = _configuration.Tls.ExitsOnFailure ? OpenVpnClientEnd.Failed : null });
                break;
        }
    }

    // [P] keeps the credentials, [N] goes on to the next remote.
    private void HandleRestart(string text)
    {
        int close = text.IndexOf(']', StringComparison.Ordinal);
        string flags = text.StartsWith('[') && close > 0 ? text[1..close] : "";
        End(new()
        {
            Signal = "server-pushed-connection-reset",
            Advance = flags.Contains('N', StringComparison.Ordinal) ? ClientAdvance.Remote : ClientAdvance.Stay,
            ForgetsCredentials = !flags.Contains('P', StringComparison.Ordinal),
        });
    }

    private void HandleRefusal(AuthFailure failure)
    {
        switch (failure.Kind)
        {
            case AuthFailureKind.Temporary:
                End(new()
                {
                    Signal = "auth-temp-failure (server temporary reject)",
                    Pause = failure.Backoff,
                    Advance = failure.Advance switch
                    {
                        AuthFailureAdvance.Address => ClientAdvance.Address,
                        AuthFailureAdvance.Remote => ClientAdvance.Remote,
                        _ => ClientAdvance.Stay,
                    },
                });
                break;
            case AuthFailureKind.Challenge:
                End(new() { Signal = "auth-failure (dynamic challenge)", Advance = ClientAdvance.Stay });
                _client.Challenge = failure;
                break;
            default:
                End(_client.JudgeRefusal(failure));
                break;
        }
    }

    // Once: anybody can send to us.
    private void TellForeign(DatagramAddress from)
    {
        if (_hasToldForeign)
            return;
        _hasToldForeign = true;
        _client.Log(1, $"TCP/UDP: Incoming packet rejected from {OpenVpnClient.Name(from)}[{(from.IsIPv6 ? 10 : 2)}], expected peer address: " +
            $"{OpenVpnClient.Name(_server)} (allow this incoming source address/port by removing --remote or adding --float)");
    }

    private void TellUnwrapped(DropReason reason)
    {
        if (_hasToldDrop || reason != DropReason.NotAuthentic)
            return;
        // Once: whoever can send to us could fill the log.
        _hasToldDrop = true;
        _client.Log(1, _settings.Wrap switch
        {
            ControlWrapKind.TlsAuth => $"TLS Error: incoming packet authentication failed from {OpenVpnClient.Name(_server)} (key, key-direction or auth differ)",
            ControlWrapKind.None => $"TLS Error: unreadable control packet from {OpenVpnClient.Name(_server)}",
            _ => "tls-crypt unwrap error: packet authentication failed",
        });
    }

    private void TellDropped(DropReason reason)
    {
        if (reason == DropReason.NotAuthentic)
            _client.Log(1, "Authenticate/Decrypt packet error: packet authentication failed");
    }
}
