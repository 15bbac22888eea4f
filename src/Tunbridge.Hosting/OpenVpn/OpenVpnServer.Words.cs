// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Tunbridge.Linux;
using Tunbridge.OpenVpn.Control;
using Tunbridge.Packets;
using Tunbridge.Tunnels;

namespace Tunbridge.Hosting.OpenVpn;

/// <content>What strangers, faults and ends are told of in the log; a flood must not become one of lines.</content>
public sealed partial class OpenVpnServer
{
    private const int LinesPerSecond = 20;

    private DateTimeOffset _linesSince;
    private int _lines;

    // For lines that anybody can cause.
    private void Tell(int verbosity, string line)
    {
        DateTimeOffset now = _clock.Now;
        if (now - _linesSince >= TimeSpan.FromSeconds(1))
            (_linesSince, _lines) = (now, 0);
        if (++_lines <= LinesPerSecond)
            Log(verbosity, line);
        else if (_lines == LinesPerSecond + 1)
            Log(1, "NOTE: more lines of this kind follow and are left out for a second");
    }

    private void TellStranger(DatagramAddress from, DropReason reason)
    {
        switch (reason)
        {
            case DropReason.None:
                break;
            case DropReason.NotAuthentic:
                TellUnwrapped(from);
                break;
            case DropReason.Overload:
                Tell(1, $"Note: --connect-freq-initial rate limit exceeded by {Named(from)}, its packets are ignored for a while");
                break;
            default:
                Tell(1, $"TLS Error: Unroutable control packet received from {Named(from)} ({reason})");
                break;
        }
    }

    private void TellUnwrapped(DatagramAddress from)
    {
        switch (_settings.Wrap)
        {
            case ControlWrapKind.TlsAuth:
                Tell(1, $"TLS Error: incoming packet authentication failed from {Named(from)}");
                break;
            case ControlWrapKind.None:
                break;
            default:
                Tell(1, "tls-crypt unwrap error: packet authentication failed");
                Tell(1, $"TLS Error: tls-crypt unwrapping failed from {Named(from)}");
                break;
        }
    }

    private void TellClosed(ServerClient client, SessionClosed closed)
    {
        string? line = closed.Reason switch
        {
            SessionCloseReason.PingRestart => "SIGUSR1[soft,ping-restart] received, client-instance restarting",
            SessionCloseReason.HandshakeTimeout or SessionCloseReason.NoAnswer or SessionCloseReason.TlsFailed or
                SessionCloseReason.KeyExchangeFailed or SessionCloseReason.KeyExpired => "SIGUSR1[soft,tls-error] received, client-instance restarting",
            SessionCloseReason.AuthFailed or SessionCloseReason.Local => "SIGTERM[soft,delayed-exit] received, client-instance exiting",
            _ => null,
        };
        // fail2ban and its like look for these words.
        if (closed.Reason == SessionCloseReason.TlsFailed && closed.Text.StartsWith("depth=", StringComparison.Ordinal))
            Log(client, 1, $"VERIFY ERROR: {closed.Text.Insert(closed.Text.IndexOf(", ", StringComparison.Ordinal) + 2, "error=")}");
        if (line is not null)
            Log(client, 3, line);
    }

    private void TellDropped(in ControlMail mail)
    {
        if (mail.Peer is null || !_peers.TryGetValue(mail.Peer, out ServerClient? client))
            return;
        if (mail.Drop == DropReason.WrongSource)
            Log(client, 1, $"MULTI: bad source address from client [{SourceOf(mail.Datagram)}], packet dropped");
        else if (mail.Drop == DropReason.NotAuthentic)
            Log(client, 1, "Authenticate/Decrypt packet error: packet authentication failed");
        else
            Log(client, 4, $"packet dropped: {mail.Drop}");
    }

    // Of the beginning of a packet, which its length is not compared with.
    private string SourceOf(ReadOnlySpan<byte> packet) => _configuration.IsTap
        ? EthernetView.TryParse(packet, out EthernetView frame) ? frame.Source.ToString() : "?"
        : packet.Length >= 20 && packet[0] >> 4 == 4 ? new IPAddress(packet.Slice(12, 4)).ToString()
        : packet.Length >= 40 && packet[0] >> 4 == 6 ? new IPAddress(packet.Slice(8, 16)).ToString() : "?";
}
