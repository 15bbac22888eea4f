// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Tunbridge.OpenVpn.Control;
using Tunbridge.OpenVpn.Server;
using Tunbridge.OpenVpn.Settings;
using Tunbridge.OpenVpn.Wire;
using Tunbridge.Packets.Switching;
using Tunbridge.Tunnels;

namespace Tunbridge.Hosting.OpenVpn;

/// <summary>An OpenVPN server: lets clients in, gives them addresses, and carries their packets between the wire and the card.</summary>
/// <remarks>
/// One task owns all sessions; scripts and passwords are waited for aside. <see cref="Snapshot"/> and <see cref="StopClient"/> may be called
/// from any thread. Theory of operation: docs/openvpn-server.md.
/// </remarks>
public sealed partial class OpenVpnServer : IDisposable
{
    private const int LettersAtOnce = 256;

    private readonly OpenVpnServerOptions _options;
    private readonly TunnelConfiguration _configuration;
    private readonly ServerPlan _plan;
    private readonly ServerScripts _policy;
    private readonly AddressPool? _pool;
    private readonly string? _poolFile;
    private readonly string? _clientDirectory;
    private readonly TunnelClock _clock;
    private readonly ControlMailbox _mailbox;
    private readonly RenewableTlsContext _tls;
    private readonly SessionSettings _settings;
    private readonly Listener _listener;
    private readonly ITunnelLink _link;
    private readonly RoutedPeerRouter? _routes;         // null with TAP
    private readonly SwitchedPeerRouter? _switch;       // null with TUN
    private readonly TunnelPump _pump;
    private readonly ScriptRunner _scripts;
    private readonly PasswordFile? _passwords;
    private readonly AuthToken? _tokens;
    private readonly CancellationTokenSource _ending = new();

    // Clients. The first two are read by threads of the data path and by the status; only the owner takes out, and puts in but for moves.
    private readonly ConcurrentDictionary<ClientKey, ServerClient> _clients = [];
    private readonly ConcurrentDictionary<TunnelPeer, ServerClient> _peers = [];
    private readonly Dictionary<ClientKey, ServerClient> _newcomers = [];
    private readonly Dictionary<string, HashSet<ServerClient>> _names = [];
    private readonly HalfOpenClients _halfOpen;
    private readonly PriorityQueue<ServerClient, DateTimeOffset> _times = new();
    private readonly UnprovenConnections _unproven;
    private long _nextId;
    private int _judging;

    private readonly byte[] _room = new byte[2048];
    private bool _isRunning;

    /// <summary>Reads the configuration and opens the wire; nothing is served before <see cref="RunAsync"/>.</summary>
    /// <param name="options">What it is made of.</param>
    /// <exception cref="TunnelConfigurationException">A directive cannot be carried out.</exception>
    /// <exception cref="TunnelIdentityException">Keys or certificates cannot be used.</exception>
    /// <exception cref="Linux.LinuxException">The wire cannot be opened.</exception>
    public OpenVpnServer(OpenVpnServerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _configuration = options.Configuration;
        _plan = ServerPlan.Of(_configuration);
        _pool = _plan.Pool is null ? null : new AddressPool(_plan.Pool);
        _poolFile = _configuration.Server.PoolFile is { } file ? options.Identity.Resolve(file) : null;
        _clientDirectory = _configuration.Server.ClientDirectory is { } directory ? options.Identity.Resolve(directory) : null;
        _policy = ServerScripts.Of(_configuration.Scripts, options.Identity.Resolve);
        _clock = new TunnelClock(options.Clock);
        _settings = options.Identity.Session;
        DemandSomeCheck();
        _passwords = OpenPasswords();
        _halfOpen = new HalfOpenClients(Math.Clamp(_configuration.Server.MaximumClients, 64, 1024));
        _unproven = new UnprovenConnections(UnprovenConnections.LimitFor(ServerLink.ConnectionsFor(_configuration.Server.MaximumClients)));
        _scripts = new ScriptRunner(options.Identity.Directory);
        _tokens = OpenTokens();
        _tls = new RenewableTlsContext(options.Identity, options.Tls, line => Log(1, line));
        _listener = new Listener(_settings, options.Crypto, _tls, options.Random)
        {
            AnswersPerInterval = _configuration.Server.FirstPackets.Count,
            Interval = _configuration.Server.FirstPackets.Interval,
        };
        _mailbox = new ControlMailbox(_clock, MayMove);
        _link = options.Link ?? ServerLink.Open(_configuration, _configuration.Server.MaximumClients);
        _routes = _configuration.IsTap ? null : new RoutedPeerRouter { ClientToClient = _configuration.Server.ClientToClient, Broadcast = BroadcastOf(_plan) };
        _switch = !_configuration.IsTap ? null
            : new SwitchedPeerRouter(new LearningTableOptions { Seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)) })
            {
                ClientToClient = _configuration.Server.ClientToClient,
            };
        _pump = new TunnelPump(new()
        {
            Queues = options.Queues,
            Link = _link,
            Classifier = OpenVpnClassifier.Instance,
            Owner = _mailbox,
            Clock = _clock,
            Router = (PeerRouter?)_routes ?? _switch!,
        });
    }

    /// <summary>The wire's local address, with port.</summary>
    public Linux.DatagramAddress Local => _link.Local;

    /// <summary>Serves until it is cancelled; then clients are told, scripts run, and the host is as before.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="IOException">The card is gone.</exception>
    /// <exception cref="Changes.ChangeFailedException">Addresses or routes could not be set.</exception>
    /// <exception cref="TunnelConfigurationException">The script of <c>up</c> has failed.</exception>
    public async Task RunAsync(CancellationToken cancellationToken = default)
    {
        if (_isRunning)
            throw new InvalidOperationException("A server runs once.");
        _isRunning = true;
        try
        {
            await BeginAsync(cancellationToken).ConfigureAwait(false);
            while (!cancellationToken.IsCancellationRequested && !_pump.Completion.IsCompleted && _fault is null)
                await ServeOnceAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await EndAsync().ConfigureAwait(false);
        }
        _fault?.Throw();
        // The card's own fault, if there was one.
        await _pump.Completion.ConfigureAwait(false);
    }

    /// <summary>Sends a client away; it may come back. From any thread.</summary>
    /// <param name="commonName">The client's common name; all of that name go.</param>
    /// <param name="halts">It is told not to come back.</param>
    public void StopClient(string commonName, bool halts = false)
    {
        ArgumentNullException.ThrowIfNull(commonName);
        _mailbox.Post(() =>
        {
            if (!_names.TryGetValue(commonName, out HashSet<ServerClient>? clients))
                return;
            foreach (ServerClient client in clients.ToArray())
            {
                client.Session.Disconnect(_clock.Now, halts, "");
                Serve(client);
            }
        });
    }

    /// <summary>Closes what a server that never ran has opened; after <see cref="RunAsync"/> it is done already.</summary>
    public void Dispose()
    {
        _pump.Dispose();
        _mailbox.Dispose();
        foreach (ServerClient client in _clients.Values.Concat(_newcomers.Values))
        {
            client.Channel?.Dispose();
            client.Session.Dispose();
        }
        _clients.Clear();
        _newcomers.Clear();
        _listener.Dispose();
        _tls.Dispose();
        _tokens?.Dispose();
        _scripts.Dispose();
        _ending.Dispose();
        _hashing.Dispose();
    }

    // One turn of the owner: letters, then what time brings.
    private async ValueTask ServeOnceAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _mailbox.WaitAsync(NextTime(), cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        // Bounded: a flood of letters must not keep time from those who are connected.
        for (int i = 0; i < LettersAtOnce && _mailbox.TryTake(out ControlMail mail); i++)
        {
            using (mail)
                Handle(mail);
        }
        HandleTimes(_clock.Now);
    }

    private void Handle(in ControlMail mail)
    {
        switch (mail.Kind)
        {
            case ControlMailKind.Datagram:
                HandleDatagram(mail.Path, mail.Datagram);
                break;
            case ControlMailKind.Moved:
                HandleMoved(mail.Peer!, mail.Path);
                break;
            case ControlMailKind.Exit when _peers.TryGetValue(mail.Peer!, out ServerClient? leaving):
                Log(leaving, 2, "SIGTERM[soft,remote-exit] received, client-instance exiting");
                leaving.Session.HandlePeerExit();
                Serve(leaving);
                break;
            case ControlMailKind.Dropped:
                TellDropped(mail);
                break;
            case ControlMailKind.Connected:
                HandleConnected(mail.Path);
                break;
            case ControlMailKind.Disconnected:
                _unproven.Remove(mail.Path);
                if (Find(ClientKey.Of(mail.Path)) is not { } gone)
                    break;
                Log(gone, 3, $"Connection reset, restarting: {mail.Reason}");
                Log(gone, 3, "SIGUSR1[soft,connection-reset] received, client-instance restarting");
                Remove(gone);
                break;
            case ControlMailKind.Command:
                mail.Command!();
                break;
            default:
                break;
        }
    }

    private void Log(int verbosity, string line) => _options.Log.Write(verbosity, line);

    private void Log(ServerClient client, int verbosity, string line) => _options.Log.Write(verbosity, $"{client.Label} {line}");

    // "[AF_INET]192.0.2.1:1194", "[AF_INET6]2001:db8::1:1194"
    private static string Named(Linux.DatagramAddress address) =>
        address.IsNone ? "[AF_UNSPEC]" : $"[{(address.IsIPv4 ? "AF_INET" : "AF_INET6")}]{address.ToIPAddress()}:{address.Port}";
}
