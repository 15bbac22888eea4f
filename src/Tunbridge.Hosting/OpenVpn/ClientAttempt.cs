// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Tunbridge.Linux;
using Tunbridge.OpenVpn.Control;
using Tunbridge.OpenVpn.Settings;
using Tunbridge.OpenVpn.Wire;
using Tunbridge.Tunnels;

namespace Tunbridge.Hosting.OpenVpn;

/// <summary>One connection to one address of one server, from the first packet to the last: link, pump, session.</summary>
/// <remarks>Everything happens on the one task of <see cref="RunAsync"/>, but for <see cref="Restart"/>.</remarks>
internal sealed partial class ClientAttempt : IDisposable
{
    private const int LettersAtOnce = 256;

    private static readonly TimeSpan s_noticeInterval = TimeSpan.FromSeconds(1);

    private readonly OpenVpnClient _client;
    private readonly OpenVpnClientOptions _options;
    private readonly TunnelConfiguration _configuration;
    private readonly SessionSettings _settings;
    private readonly ITlsContext _tls;
    private readonly TunnelClock _clock;
    private readonly ControlMailbox _mailbox;
    private readonly DatagramAddress _server;
    private readonly DatagramAddress _local;
    private readonly byte[] _room = new byte[2048];
    private TunnelPump? _pump;
    private LinkPath _path;
    private Session? _session;
    private SessionChannel? _channel;
    private ClientAttemptEnd? _end;
    private Task _setUp = Task.CompletedTask;
    private DateTimeOffset? _deadline;      // for the first answer
    private bool _hasAnswered;
    private bool _isThrough;
    private long _controlSent;
    private long _controlReceived;
    private bool _hasToldDrop;
    private bool _hasToldForeign;

    /// <param name="client">Whose it is.</param>
    /// <param name="options">What the client is made of.</param>
    /// <param name="configuration">What holds for this remote.</param>
    /// <param name="settings">The session's, with keys and credentials.</param>
    /// <param name="tls">Our identity.</param>
    /// <param name="clock">The client's clock.</param>
    /// <param name="remote">The remote, as it is configured.</param>
    /// <param name="server">Its address.</param>
    /// <param name="local">Where packets come from, of the server's family; null for any address.</param>
    internal ClientAttempt(OpenVpnClient client, OpenVpnClientOptions options, TunnelConfiguration configuration, SessionSettings settings, ITlsContext tls,
        TunnelClock clock, RemoteEndpoint remote, IPEndPoint server, IPAddress? local)
    {
        Remote = remote;
        _client = client;
        _options = options;
        _configuration = configuration;
        _settings = settings;
        _tls = tls;
        _clock = clock;
        _server = new DatagramAddress(server);
        if (local is not null || configuration.LocalPort is not null)
            _local = new DatagramAddress(local ?? (_server.IsIPv6 ? IPAddress.IPv6Any : IPAddress.Any), configuration.LocalPort ?? 0);
        Server = server;
        _mailbox = new ControlMailbox(clock, (_, _) => configuration.Client.Floats);
    }

    /// <summary>The server as it is configured.</summary>
    internal RemoteEndpoint Remote { get; }

    /// <summary>The server's address.</summary>
    internal IPEndPoint Server { get; }

    /// <summary>The peer on the data path; null while not connected.</summary>
    internal TunnelPeer? Peer { get; private set; }

    /// <summary>What this connection's data path has dropped; null before it began.</summary>
    internal DropCounters? Drops => _pump?.Drops;

    internal Session? Session => _session;

    internal TunnelConfiguration Configuration => _configuration;

    /// <summary>Bytes of the control channel, for the statistics. From any thread.</summary>
    internal (long Sent, long Received) ControlBytes => (Interlocked.Read(ref _controlSent), Interlocked.Read(ref _controlReceived));

    /// <summary>Has it end and be made again. From any thread.</summary>
    internal void Restart() => _mailbox.Post(() => End(new() { Signal = "" , WasConnected = _session?.IsConnected ?? false }));

    /// <summary>Runs to the end.</summary>
    /// <param name="cancellationToken">Says goodbye and ends.</param>
    internal async Task<ClientAttemptEnd> RunAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            Begin();
            while (_end is null)
            {
                await _mailbox.WaitAsync(NextTime(), cancellationToken).ConfigureAwait(false);
                // Bounded: a flood in the server's name must not keep time from the session.
                for (int i = 0; i < LettersAtOnce && _end is null && _mailbox.TryTake(out ControlMail mail); i++)
                {
                    using (mail)
                        Handle(mail, ending.Token);
                }
                HandleTime(ending.Token);
            }
            return _end;
        }
        catch (LinuxException e)
        {
            _client.Log(1, $"{OpenVpnClient.Transport(this)} link: {e.Message}");
            return new() { Signal = "socket-error" };
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await LeaveAsync().ConfigureAwait(false);
            return new() { Signal = "", Final = OpenVpnClientEnd.Stopped, WasConnected = _session?.IsConnected ?? false };
        }
        finally
        {
            await ending.CancelAsync().ConfigureAwait(false);
            await SettleAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Closes link and session; the card stays.</summary>
    public void Dispose()
    {
        if (Peer is { } peer)
            _pump?.Remove(peer);
        _pump?.Dispose();
        _channel?.Dispose();
        _session?.Dispose();
        _mailbox.Dispose();
    }

    private void Begin()
    {
        DateTimeOffset now = _clock.Now;
        _deadline = now + _configuration.Client.ConnectTimeout;
        ITunnelLink link = OpenLink();
        _pump = new TunnelPump(new()
        {
            Link = link,
            Classifier = OpenVpnClassifier.Instance,
            Owner = _mailbox,
            Router = new SinglePeerRouter(),
            Clock = _clock,
        });
        TunnelPump pump = _pump;
        _ = pump.Completion.ContinueWith(
            done => _mailbox.Post(() => End(new() { Signal = "card-error", Advance = ClientAdvance.Stay, LosesCard = true }, $"the tunnel stopped: {done.Exception?.InnerException?.Message}")),
            CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        if (link.IsStream)
        {
            _client.Log(3, $"Attempting to establish TCP connection with {OpenVpnClient.Name(_server)}");
            _client.Enter(OpenVpnClientState.TcpConnect);
        }
        else
        {
            _client.Log(3, $"{OpenVpnClient.Transport(this)} link local{(_local.IsNone ? ": (not bound)" : $" (bound): {OpenVpnClient.Name(_local)}")}");
            _client.Log(3, $"{OpenVpnClient.Transport(this)} link remote: {OpenVpnClient.Name(_server)}");
            BeginSession(new LinkPath { Path = new DatagramPath(_server) });
        }
        pump.Start();
        Drain();
    }

    private ITunnelLink OpenLink()
    {
        SocketDirectives sockets = _configuration.Sockets;
        return _settings.IsTcp
            ? StreamLink.Connect(new()
            {
                Remote = _server,
                Local = _local,
                NoDelay = sockets.HasNoDelay,
                ReceiveBufferSize = sockets.ReceiveBuffer ?? 0,
                SendBufferSize = sockets.SendBuffer ?? 0,
                Mark = sockets.Mark,
                BoundDevice = sockets.BoundDevice,
                Namespace = _options.Namespace,
            })
            : DatagramLink.Open(new()
            {
                Remote = _server,
                Local = _local,
                ReceiveBufferSize = sockets.ReceiveBuffer ?? 0,
                SendBufferSize = sockets.SendBuffer ?? 0,
                Mark = sockets.Mark,
                BoundDevice = sockets.BoundDevice,
                Namespace = _options.Namespace,
            });
    }

    private void BeginSession(in LinkPath path)
    {
        _path = path;
        _session = Session.Connect(_settings, _options.Crypto, _tls, _options.Random, _clock.Now);
        _client.Enter(OpenVpnClientState.Wait);
    }

    private DateTimeOffset? NextTime()
    {
        DateTimeOffset? next = _session?.NextTimeout;
        return _deadline is { } deadline && !(next <= deadline) ? deadline : next;
    }

    private void HandleTime(CancellationToken ending)
    {
        if (_end is not null)
            return;
        DateTimeOffset now = _clock.Now;
        if (_session is not null && Peer is { } peer)
            _session.TunnelBytes = peer.Counters.BytesSent + peer.Counters.BytesReceived;
        _session?.HandleTimeout(now);
        Drain();
        TakeEvents(ending);
        if (_end is null && now >= _deadline)
            End(new() { Signal = "server_poll" }, "Server poll timeout, restarting");
    }

    private void Handle(in ControlMail mail, CancellationToken ending)
    {
        switch (mail.Kind)
        {
            case ControlMailKind.Datagram:
                HandleDatagram(mail.Path, mail.Datagram);
                break;
            case ControlMailKind.Moved when mail.Peer == Peer:
                _path = mail.Path;
                break;
            case ControlMailKind.Exit when mail.Peer == Peer:
                _session?.HandlePeerExit();
                break;
            case ControlMailKind.Connected:
                _client.Log(3, $"TCP connection established with {OpenVpnClient.Name(_server)}");
                _client.Log(3, $"{OpenVpnClient.Transport(this)} link local: (not bound)");
                _client.Log(3, $"{OpenVpnClient.Transport(this)} link remote: {OpenVpnClient.Name(_server)}");
                BeginSession(mail.Path);
                break;
            case ControlMailKind.Disconnected when _session is null:
                End(new() { Signal = "init_instance" }, $"TCP: connect to {OpenVpnClient.Name(_server)} failed: {mail.Reason}");
                break;
            case ControlMailKind.Disconnected:
                // What the server said last may lie before it.
                TakeEvents(ending);
                End(new() { Signal = "connection-reset" }, $"Connection reset, restarting [{mail.Reason}]");
                break;
            case ControlMailKind.Dropped:
                TellDropped(mail.Drop);
                break;
            case ControlMailKind.Command:
                mail.Command?.Invoke();
                break;
            default:
                break;
        }
        Drain();
        TakeEvents(ending);
    }

    private void HandleDatagram(in LinkPath from, Span<byte> datagram)
    {
        if (_session is null)
            return;
        if (from.Connection == 0 && !_configuration.Client.Floats && from.Path.Remote != _server)
        {
            TellForeign(from.Path.Remote);
            return;
        }
        Interlocked.Add(ref _controlReceived, datagram.Length);
        DropReason reason = _session.HandleDatagram(_clock.Now, datagram);
        if (reason is not (DropReason.None or DropReason.Replayed))
            TellUnwrapped(reason);
        if (!_hasAnswered && _session.RemoteId != 0)
        {
            _hasAnswered = true;
            _deadline = null;
            _client.Log(3, $"TLS: Initial packet from {OpenVpnClient.Name(from.Path.Remote)}, sid={_session.RemoteId >> 32:x8} {_session.RemoteId & 0xffffffff:x8}");
            _client.Enter(OpenVpnClientState.Auth);
        }
        if (!_isThrough && _session.AwaitsOptions)
        {
            _isThrough = true;
            _client.Log(1, $"[{NameOfPeer()}] Peer Connection Initiated with {OpenVpnClient.Name(from.Path.Remote)}");
            _client.Enter(OpenVpnClientState.GetConfig);
        }
    }

    private string NameOfPeer() => _session?.PeerChain is [var own, ..] ? own.CommonName : "UNDEF";

    private void Drain()
    {
        if (_session is null || _pump is null)
            return;
        while (_session.TryPollTransmit(_clock.Now, _room, out int length))
        {
            _pump.SendControl(_path, _room.AsSpan(0, length));
            Interlocked.Add(ref _controlSent, length);
        }
    }

    private void End(ClientAttemptEnd end, string? line = null)
    {
        if (_end is not null)
            return;
        if (line is not null)
            _client.Log(1, line);
        _end = end with { WasConnected = end.WasConnected || (_session?.IsConnected ?? false) };
    }

    // What is being set up on the host is not left alone half-way.
    private async Task SettleAsync()
    {
        await _setUp.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task LeaveAsync()
    {
        int notices = _client.ExitNotices;
        if (_session is not { IsConnected: true } session || _pump is null || _settings.IsTcp || notices == 0)
            return;
        session.Leave(_clock.Now);
        Drain();
        for (int i = 1; i < notices; i++)
        {
            await Task.Delay(s_noticeInterval, _clock.Provider).ConfigureAwait(false);
            Drain();
        }
    }
}
