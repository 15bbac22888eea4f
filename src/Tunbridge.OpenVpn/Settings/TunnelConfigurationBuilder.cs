// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Tunbridge.OpenVpn.Control;
using Tunbridge.OpenVpn.Data;
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Settings;

/// <summary>Turns directives into the configuration that they mean, and says what is wrong, refused or passed over.</summary>
public sealed partial class TunnelConfigurationBuilder
{
    private const int DefaultPort = 1194;

    // Holds for a client until the server pushes another.
    private static readonly TimeSpan s_pulledPingRestart = TimeSpan.FromSeconds(120);

    private readonly List<DirectiveProblem> _problems = [];
    private readonly List<Directive> _others = [];
    private readonly List<Directive> _remotes = [];
    private readonly List<Directive> _wrapKeys = [];
    private readonly List<string> _options = [];
    private readonly List<PullFilter> _filters = [];
    private readonly List<KeyValuePair<string, string>> _environment = [];
    private readonly List<KeyValuePair<string, string>> _peerInfo = [];
    private readonly List<string> _push = [];
    private readonly List<string> _fingerprints = [];
    private readonly Dictionary<int, ConnectionBlock> _connections = [];
    private TunnelConfiguration _made = new();
    private SessionSettings _session = new();
    private string? _cipher;
    private string? _forcedProtocol;
    private bool _hasDataCiphers;
    private bool _isUnbound;
    private int? _port;
    private int? _localPort;
    private int? _remotePort;
    private bool _hasPingLimit;
    private bool _isForwardCompatible;
    private KeepAlive? _keepAlive;

    private TunnelConfigurationBuilder()
    {
    }

    /// <summary>Builds the configuration.</summary>
    /// <param name="reader">What was read, with its own problems.</param>
    /// <param name="problems">Errors and notes in the order of the lines; usable only without an error.</param>
    /// <returns>The configuration, as far as it could be understood; what stands between tags is in the reader's memory.</returns>
    public static TunnelConfiguration Build(DirectiveReader reader, out IReadOnlyList<DirectiveProblem> problems)
    {
        ArgumentNullException.ThrowIfNull(reader);
        TunnelConfigurationBuilder builder = new();
        builder._problems.AddRange(reader.Problems);
        foreach (Directive directive in reader.Directives)
            builder.Take(directive, reader.Tolerated);
        builder.CheckRoles(reader.Directives);
        TunnelConfiguration made = builder.Finish();
        problems = builder._problems;
        return made;
    }

    private void Take(Directive directive, IReadOnlySet<string> tolerated)
    {
        if (!DirectiveTable.TryFind(directive.Name, out DirectiveTable.Entry entry))
        {
            if (directive.IsOptional || _isForwardCompatible || tolerated.Contains(directive.Name))
                Note(directive, $"{directive.Name}: unknown, passed over as asked");
            else
                Error(directive, $"Unrecognized option or missing or extra parameter(s): {directive.Name}");
            return;
        }
        if (directive.Inline is null && (directive.Parameters.Count < entry.Least || directive.Parameters.Count > entry.Most))
        {
            Error(directive, $"Unrecognized option or missing or extra parameter(s): {directive.Name} takes " +
                $"{(entry.Least == entry.Most ? $"{entry.Least}" : $"{entry.Least} to {entry.Most}")}, not {directive.Parameters.Count}");
            return;
        }
        switch (entry.Use)
        {
            case DirectiveUse.Ignored:
                Note(directive, $"{directive.Name}: ignored; {entry.Note}");
                break;
            case DirectiveUse.Refused when directive.IsOptional:
                Note(directive, $"{directive.Name}: passed over; {entry.Note}");
                break;
            case DirectiveUse.Refused:
                Error(directive, $"{directive.Name}: {entry.Note}");
                break;
            case DirectiveUse.Passed:
                _others.Add(directive);
                break;
            default:
                Apply(directive);
                break;
        }
    }

    private TunnelConfiguration Finish()
    {
        List<string> ciphers = [];
        foreach (string cipher in _session.DataCiphers)
        {
            if (DataCipher.Find(cipher) is { } known)
                ciphers.Add(known.Name);
        }
        // Files of the years before negotiation name one cipher; the official program of 2.6 makes people edit them.
        if (_cipher is not null && !ciphers.Contains(_cipher))
            ciphers.Add(_cipher);
        if (_keepAlive is { } alive)
        {
            // A server gives its clients twice the time, so that they are the first to try again.
            _session = _session with
            {
                Ping = alive.Interval,
                PingRestart = _made.Server.HasClients ? 2 * alive.Timeout : alive.Timeout,
                PingExit = TimeSpan.Zero,
            };
        }
        else if (_made.Pull && !_hasPingLimit)
        {
            _session = _session with { PingRestart = s_pulledPingRestart };
        }
        _session = _session with
        {
            DataCiphers = ciphers,
            FallbackCipher = _session.FallbackCipher ?? _cipher,
            IsTap = _made.IsTap,
            IsTcp = _made.Protocol.StartsWith("tcp", StringComparison.Ordinal),
            PeerInfo = _peerInfo,
            PullFilters = _filters,
            IsPeerToPeer = !_made.Pull && !_made.Server.HasClients,
        };
        CheckWhole();
        return _made with
        {
            Session = _session,
            Remotes = Endpoints(),
            PeerFingerprints = _fingerprints,
            Others = _others,
            LocalPort = _isUnbound ? null : LocalPort(),
            Client = _made.Client with { Options = _options, Filters = _filters },
            Server = _made.Server with { Push = _push, KeepAlive = _keepAlive, Tokens = Tokens() },
            Scripts = _made.Scripts with { Environment = _environment },
        };
    }

    // 0 is any port, which a client has without; a server's would be known to nobody.
    private int? LocalPort() => (_localPort ?? _port) switch
    {
        0 => _made.IsServer ? DefaultPort : null,
        null => _made.IsServer || _remotes.Count == 0 ? DefaultPort : null,
        var port => port,
    };

    private List<RemoteEndpoint> Endpoints()
    {
        List<RemoteEndpoint> all = [.. _remotes.Select(Endpoint).OfType<RemoteEndpoint>()];
        if (_forcedProtocol is not { } wanted || all.Count == 0)
            return all;
        List<RemoteEndpoint> fitting = all.FindAll(r => r.Protocol.StartsWith(wanted, StringComparison.Ordinal));
        if (fitting.Count == 0)
            Whole(true, $"proto-force {wanted}: no remote has this protocol");
        return fitting;
    }

    // What no single line can be blamed for.
    private void CheckWhole()
    {
        if (!_made.IsServer && _remotes.Count == 0)
            Whole(true, "a client needs a remote (or server: a network for clients)");
        if (!_made.IsServer && _made.PeerUsage is null && _made.PeerName is null && _fingerprints.Count == 0)
            Whole(false, "WARNING: No server certificate verification method has been enabled; add remote-cert-tls server");
        if (_made.Pull && _made.Server.HasClients)
            Whole(true, "a server with clients does not pull: remove client, or server");
        if (_session.SecondWrap != ControlWrapKind.None && !_made.IsServer)
            Whole(true, "a client has one wrap: tls-auth, tls-crypt or tls-crypt-v2");
    }

    private void Whole(bool isError, string text) =>
        _problems.Add(new() { IsError = isError, File = "configuration", Line = 0, Text = text });

    private RemoteEndpoint? Endpoint(Directive remote)
    {
        ConnectionBlock? block = remote.Connection is { } number ? _connections.GetValueOrDefault(number) : null;
        int port = block?.RemotePort ?? _remotePort ?? _port ?? DefaultPort;
        if (remote.At(1) is { } text && !TryPort(remote, text, out port))
            return null;
        string? protocol = remote.At(2) is { } word ? Protocol(remote, word) : null;
        return new() { Host = remote.Parameters[0], Port = port, Protocol = protocol ?? block?.Protocol ?? _made.Protocol, Own = block?.Own };
    }

    private bool TryPort(Directive directive, string text, out int port, int least = 1)
    {
        bool isRight = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port >= least && port <= 65535;
        if (!isRight)
            Error(directive, $"{directive.Name}: '{text}' is no port; {least} to 65535");
        return isRight;
    }

    private int Number(Directive directive, int index, int least, int most, int otherwise)
    {
        if (directive.At(index) is not { } text)
            return otherwise;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= least && value <= most)
            return value;
        Error(directive, $"{directive.Name}: '{text}' is not a number from {least} to {most}");
        return otherwise;
    }

    private long Count(Directive directive)
    {
        if (long.TryParse(directive.Parameters[0], NumberStyles.None, CultureInfo.InvariantCulture, out long value))
            return value;
        Error(directive, $"{directive.Name}: '{directive.Parameters[0]}' is not a number from 0 (never) to {long.MaxValue}");
        return 0;
    }

    private TimeSpan Seconds(Directive directive, int index = 0) => TimeSpan.FromSeconds(Number(directive, index, 0, int.MaxValue, 0));

    private string? Protocol(Directive directive, string word)
    {
        string? known = word switch
        {
            "udp" or "udp4" or "udp6" or "tcp" or "tcp4" or "tcp6" => word,
            "tcp-client" or "tcp-server" => "tcp",
            "tcp4-client" or "tcp4-server" => "tcp4",
            "tcp6-client" or "tcp6-server" => "tcp6",
            _ => null,
        };
        if (known is null)
            Error(directive, $"{directive.Name}: '{word}' is no protocol; udp, udp4, udp6, tcp, tcp4 or tcp6");
        return known;
    }

    private void Error(Directive directive, string text) =>
        _problems.Add(new() { IsError = true, File = directive.File, Line = directive.Line, Text = text });

    private void Note(Directive directive, string text) =>
        _problems.Add(new() { IsError = false, File = directive.File, Line = directive.Line, Text = text });
}
