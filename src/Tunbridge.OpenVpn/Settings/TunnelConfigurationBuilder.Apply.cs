// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Tunbridge.OpenVpn.Control;
using Tunbridge.OpenVpn.Data;
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Settings;

/// <content>The directives that take effect.</content>
public sealed partial class TunnelConfigurationBuilder
{
    private void Apply(Directive d)
    {
        if (d.Connection is not null)
        {
            ApplyInConnection(d);
            return;
        }
        if (ApplyTransport(d) || ApplyMaterial(d) || ApplyData(d) || ApplyTimes(d) || ApplyTls(d) || ApplyClient(d) || ApplyServer(d) ||
            ApplyScript(d) || ApplyProcess(d) || ApplySocket(d))
            return;
        throw new InvalidOperationException($"{d.Name} is in the table and does nothing.");
    }

    private bool ApplyTransport(Directive d)
    {
        switch (d.Name)
        {
            case "client":
                _made = _made with { IsServer = false, Pull = true };
                break;
            case "pull":
                _made = _made with { Pull = true };
                break;
            case "tls-client":
                _made = _made with { IsServer = false };
                break;
            case "tls-server":
                _made = _made with { IsServer = true };
                break;
            case "dev":
                _made = _made with { Device = d.Parameters[0], IsTap = _made.IsTap || d.Parameters[0].StartsWith("tap", StringComparison.Ordinal) };
                break;
            case "dev-type":
                if (d.Parameters[0] is not ("tun" or "tap"))
                    Error(d, $"dev-type: '{d.Parameters[0]}' is neither tun nor tap");
                _made = _made with { IsTap = d.Parameters[0] == "tap" };
                break;
            case "remote":
                _remotes.Add(d);
                break;
            case "remote-random":
                _made = _made with { RemoteRandom = true };
                break;
            case "proto":
                if (Protocol(d, d.Parameters[0]) is { } protocol)
                    _made = _made with { Protocol = protocol };
                break;
            case "port" or "lport" or "rport":
                ApplyPort(d);
                break;
            case "nobind":
                _isUnbound = true;
                break;
            case "bind":
                _isUnbound = false;
                if (d.At(0) is not (null or "ipv6only"))
                    Error(d, $"bind: '{d.At(0)}' is not ipv6only");
                _made = _made with { Sockets = _made.Sockets with { IsIPv6Only = d.At(0) is not null } };
                break;
            case "proto-force":
                if (Protocol(d, d.Parameters[0]) is { } forced)
                    _forcedProtocol = forced[..3];
                break;
            case "local":
                _made = _made with { LocalAddress = d.At(0) };
                if (d.At(1) is { } text && TryPort(d, text, out int port))
                    _localPort = port;
                break;
            default:
                return false;
        }
        return true;
    }

    private void ApplyPort(Directive d)
    {
        if (!TryPort(d, d.Parameters[0], out int port, least: d.Name == "lport" ? 0 : 1))
            return;
        if (d.Name == "port")
            _port = port;
        else if (d.Name == "lport")
            _localPort = port;
        else
            _remotePort = port;
    }

    private bool ApplyMaterial(Directive d)
    {
        switch (d.Name)
        {
            case "ca":
                _made = _made with { Authorities = d.ToMaterial() };
                break;
            case "cert":
                _made = _made with { Certificate = d.ToMaterial() };
                break;
            case "key":
                _made = _made with { PrivateKey = d.ToMaterial() };
                break;
            case "pkcs12":
                _made = _made with { Pkcs12 = d.ToMaterial() };
                break;
            case "crl-verify":
                if (d.At(1) is not (null or "dir"))
                    Error(d, $"crl-verify: '{d.At(1)}' is not dir");
                _made = _made with { RevocationList = d.ToMaterial(), RevocationsAreDirectory = d.Inline is null && d.At(1) == "dir" };
                break;
            case "auth-user-pass":
                _made = _made with { Credentials = d.ToMaterial() };
                break;
            case "tls-auth" or "tls-crypt" or "tls-crypt-v2":
                ApplyWrap(d);
                break;
            case "key-direction":
                _session = _session with { WrapKeyDirection = Number(d, 0, 0, 1, 0) };
                break;
            case "peer-fingerprint":
                _fingerprints.AddRange((d.Inline is { } lines ? Encoding.UTF8.GetString(lines.Span) : d.At(0) ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
                break;
            case "remote-cert-tls" or "ns-cert-type":
                if (d.Parameters[0] is not ("server" or "client"))
                    Error(d, $"{d.Name}: '{d.Parameters[0]}' is neither server nor client");
                if (d.Name == "ns-cert-type")
                    Note(d, "ns-cert-type: obsolete; the modern check of remote-cert-tls is made instead");
                _made = _made with { PeerUsage = d.Parameters[0] == "server" ? "1.3.6.1.5.5.7.3.1" : "1.3.6.1.5.5.7.3.2", PeerKeyUsages = [0] };
                break;
            case "remote-cert-eku":
                _made = _made with { PeerUsage = d.Parameters[0] };
                break;
            case "remote-cert-ku":
                ApplyKeyUsages(d);
                break;
            case "verify-x509-name":
                ApplyPeerName(d);
                break;
            default:
                return false;
        }
        return true;
    }

    private void ApplyKeyUsages(Directive d)
    {
        List<int> usages = [];
        foreach (string word in d.Parameters)
        {
            if (int.TryParse(word, System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture, out int usage))
                usages.Add(usage);
            else
                Error(d, $"remote-cert-ku: '{word}' is no hexadecimal number");
        }
        _made = _made with { PeerKeyUsages = usages };
    }

    private void ApplyWrap(Directive d)
    {
        ControlWrapKind kind = WrapKind(d.Name);
        // A server with tls-crypt-v2 may know one of the others beside it, for clients without a key of their own.
        bool isSecond = _wrapKeys.Count > 0 && (kind == ControlWrapKind.TlsCryptV2) != (_session.Wrap == ControlWrapKind.TlsCryptV2);
        if (_wrapKeys.Count > 0 && !isSecond && kind != _session.Wrap)
            Error(d, $"{d.Name}: there is one wrap; remove the other");
        if (kind == ControlWrapKind.TlsCryptV2 || !isSecond)
        {
            if (isSecond)
                (_session, _made) = (_session with { SecondWrap = _session.Wrap }, _made with { SecondWrapKey = _made.WrapKey });
            _made = _made with { WrapKey = d.ToMaterial() };
            _session = _session with { Wrap = kind };
        }
        else
        {
            _made = _made with { SecondWrapKey = d.ToMaterial() };
            _session = _session with { SecondWrap = kind };
        }
        _wrapKeys.Add(d);
        if (kind == ControlWrapKind.TlsAuth && d.At(1) is not null)
            _session = _session with { WrapKeyDirection = Number(d, 1, 0, 1, 0) };
        if (kind == ControlWrapKind.TlsCryptV2 && d.At(1) is { } mode)
        {
            if (mode is not ("allow-noncookie" or "force-cookie"))
                Error(d, $"tls-crypt-v2: '{mode}' is neither allow-noncookie nor force-cookie");
            _session = _session with { AllowClientsWithoutCookie = mode == "allow-noncookie" };
        }
    }

    private static ControlWrapKind WrapKind(string name) => name switch
    {
        "tls-auth" => ControlWrapKind.TlsAuth,
        "tls-crypt" => ControlWrapKind.TlsCrypt,
        _ => ControlWrapKind.TlsCryptV2,
    };

    private void ApplyPeerName(Directive d)
    {
        TlsNameMatch? match = d.At(1) switch
        {
            null or "subject" => TlsNameMatch.Subject,
            "name" => TlsNameMatch.CommonName,
            "name-prefix" => TlsNameMatch.CommonNamePrefix,
            _ => null,
        };
        if (match is null)
            Error(d, $"verify-x509-name: '{d.At(1)}' is none of subject, name, name-prefix");
        _made = _made with { PeerName = d.Parameters[0], PeerNameMatch = match ?? TlsNameMatch.Subject };
    }

    private bool ApplyData(Directive d)
    {
        switch (d.Name)
        {
            case "cipher":
                _cipher = DataCipher.Find(d.Parameters[0])?.Name;
                if (_cipher is null)
                    Note(d, $"cipher {d.Parameters[0]}: left out of the offer; it is weak or not offered here. Use AES-256-GCM on both sides " +
                        "if the server does not negotiate another");
                break;
            case "data-ciphers" or "ncp-ciphers":
                ApplyCiphers(d);
                break;
            case "data-ciphers-fallback":
                _session = _session with { FallbackCipher = DataCipher.Find(d.Parameters[0])?.Name };
                if (_session.FallbackCipher is null)
                    Note(d, $"data-ciphers-fallback {d.Parameters[0]}: not offered here");
                break;
            case "auth":
                ApplyAuth(d);
                break;
            case "comp-lzo":
                _session = _session with { Framing = PayloadFraming.Lzo };
                if (d.At(0) != "no")
                    Note(d, "comp-lzo: the framing is kept and compressed packets are taken; nothing is sent compressed");
                break;
            case "compress":
                ApplyCompress(d);
                break;
            case "tun-mtu":
                _session = _session with { TunMtu = Number(d, 0, 100, 65535, 1500) };
                break;
            case "replay-window":
                _session = _session with
                {
                    ReplayWindow = Math.Max(1, Number(d, 0, 0, 65536, 64)),
                    ReplayAge = TimeSpan.FromSeconds(Number(d, 1, 0, 600, 15)),
                };
                break;
            default:
                return false;
        }
        return true;
    }

    private void ApplyCiphers(Directive d)
    {
        List<string> names = [];
        foreach (string item in d.Parameters[0].Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            string name = item.TrimStart('?');
            if (name == "DEFAULT")
                names.AddRange(SessionSettings.DefaultDataCiphers);
            else if (DataCipher.Find(name) is { } cipher)
                names.Add(cipher.Name);
            else if (!item.StartsWith('?'))
                Note(d, $"{d.Name}: {name} is left out; it is weak or not offered here");
        }
        // ncp-ciphers is the old name: the new one wins wherever it stands.
        if (d.Name == "ncp-ciphers" && _hasDataCiphers)
            return;
        _hasDataCiphers |= d.Name == "data-ciphers";
        if (names.Count == 0)
            Error(d, $"{d.Name}: none of these ciphers is offered here; {string.Join(':', DataCipher.All.Select(c => c.Name))}");
        else
            _session = _session with { DataCiphers = names };
    }

    private void ApplyAuth(Directive d)
    {
        DigestAlgorithm? digest = d.Parameters[0].ToUpperInvariant().Replace("-", "", StringComparison.Ordinal) switch
        {
            "MD5" or "RSAMD5" => DigestAlgorithm.Md5,
            "SHA" or "SHA1" or "RSASHA1" => DigestAlgorithm.Sha1,
            "SHA256" or "RSASHA256" => DigestAlgorithm.Sha256,
            "SHA384" or "RSASHA384" => DigestAlgorithm.Sha384,
            "SHA512" or "RSASHA512" => DigestAlgorithm.Sha512,
            _ => null,
        };
        if (digest is null && d.Parameters[0] != "none")
            Error(d, $"auth: '{d.Parameters[0]}' is not offered; SHA1, SHA256, SHA384, SHA512, MD5 or none");
        _session = _session with { Auth = digest };
    }

    private void ApplyCompress(Directive d)
    {
        PayloadFraming? framing = d.At(0) switch
        {
            null or "stub" or "migrate" => PayloadFraming.Swap,
            "stub-v2" => PayloadFraming.StubV2,
            _ => null,
        };
        if (framing is null)
            Error(d, $"compress {d.At(0)}: compression is not offered; remove it on both sides, or use 'compress stub-v2'");
        else
            _session = _session with { Framing = framing.Value };
    }

    private bool ApplyTimes(Directive d)
    {
        switch (d.Name)
        {
            case "ping":
                _session = _session with { Ping = Seconds(d) };
                break;
            case "ping-restart":
                _session = _session with { PingRestart = Seconds(d), PingExit = TimeSpan.Zero };
                _hasPingLimit = true;
                break;
            case "ping-exit":
                _session = _session with { PingExit = Seconds(d), PingRestart = TimeSpan.Zero };
                _hasPingLimit = true;
                break;
            case "inactive":
                _session = _session with { Inactive = Seconds(d), InactiveBytes = Number(d, 1, 0, int.MaxValue, 0) };
                break;
            case "session-timeout":
                _session = _session with { SessionTimeout = Seconds(d) };
                break;
            case "ping-timer-rem":
                break;      // pings are judged only once there is a peer, anyway
            case "keepalive":
                if (d.Parameters.Count < 2)
                    Error(d, "keepalive wants an interval and a timeout");
                else if (Number(d, 1, 1, 86400, 60) < 2L * Number(d, 0, 1, 86400, 10))
                    Error(d, $"the second parameter to --keepalive (restart timeout={d.At(1)}) must be at least twice the value of the first " +
                        $"parameter (ping interval={d.At(0)}); --keepalive 10 60 is usual");
                else
                    _keepAlive = new()
                    {
                        Interval = TimeSpan.FromSeconds(Number(d, 0, 1, 86400, 10)),
                        Timeout = TimeSpan.FromSeconds(Number(d, 1, 1, 86400, 60)),
                    };
                break;
            case "reneg-sec":
                _session = _session with { RenegotiateAfter = Seconds(d), RenegotiateAtLeast = d.At(1) is null ? null : Seconds(d, 1) };
                if (_session.RenegotiateAtLeast > _session.RenegotiateAfter)
                    Note(d, "reneg-sec: the second time is the earliest and lies behind the first: the first counts");
                break;
            case "reneg-bytes":
                _session = _session with { RenegotiateBytes = Count(d) };
                break;
            case "reneg-pkts":
                _session = _session with { RenegotiatePackets = Count(d) };
                break;
            case "hand-window":
                _session = _session with { HandWindow = Seconds(d) };
                break;
            case "tran-window":
                _session = _session with { TransitionWindow = Seconds(d) };
                break;
            case "tls-timeout":
                _session = _session with { TlsTimeout = TimeSpan.FromSeconds(Number(d, 0, 1, 3600, 2)) };
                break;
            case "explicit-exit-notify":
                _made = _made with { ExitNotices = Number(d, 0, 0, 100, 1) };
                break;
            default:
                return false;
        }
        return true;
    }
}
