// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Control;
using Tunbridge.OpenVpn.Data;
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Settings;

/// <content>The directives that take effect.</content>
public sealed partial class TunnelConfigurationBuilder
{
    private void Apply(Directive d)
    {
        if (ApplyTransport(d) || ApplyMaterial(d) || ApplyData(d) || ApplyTimes(d) || ApplyNetwork(d))
            return;
        _others.Add(d);
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
                {
                    if (d.Connection is { } block)
                        _connectionProtocols[block] = protocol;
                    else
                        _made = _made with { Protocol = protocol };
                }
                break;
            case "port" or "lport" or "rport":
                ApplyPort(d);
                break;
            case "nobind":
                _isUnbound = true;
                break;
            case "local" when d.At(0) is { } address:
                _made = _made with { LocalAddress = address };
                break;
            default:
                return false;
        }
        return true;
    }

    private void ApplyPort(Directive d)
    {
        if (!TryPort(d, d.Parameters[0], out int port))
            return;
        if (d.Connection is { } block && d.Name != "lport")
            _connectionPorts[block] = port;
        else if (d.Name == "port")
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
                _made = _made with { WrapKey = d.ToMaterial() };
                _session = _session with
                {
                    Wrap = d.Name switch
                    {
                        "tls-auth" => ControlWrapKind.TlsAuth,
                        "tls-crypt" => ControlWrapKind.TlsCrypt,
                        _ => ControlWrapKind.TlsCryptV2,
                    },
                };
                if (d.Name == "tls-auth" && d.At(1) is not null)
                    _session = _session with { WrapKeyDirection = Number(d, 1, 0, 1, 0) };
                break;
            case "key-direction":
                _session = _session with { WrapKeyDirection = Number(d, 0, 0, 1, 0) };
                break;
            case "peer-fingerprint":
                _fingerprints.AddRange((d.Inline ?? d.At(0) ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
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
                _session = _session with { PingRestart = Seconds(d) };
                break;
            case "keepalive":
                if (d.Parameters.Count < 2)
                    Error(d, "keepalive wants an interval and a timeout");
                else
                    _keepAlive = (Number(d, 0, 1, 86400, 10), Number(d, 1, 1, 86400, 60));
                break;
            case "reneg-sec":
                _session = _session with { RenegotiateAfter = Seconds(d) };
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

    private bool ApplyNetwork(Directive d)
    {
        switch (d.Name)
        {
            case "redirect-gateway":
                _made = _made with { RedirectGateway = d.Parameters };
                break;
            case "route" or "route-ipv6":
                _routes.Add($"{d.Name} {string.Join(' ', d.Parameters)}");
                break;
            case "push":
                _push.Add(string.Join(' ', d.Parameters));
                break;
            case "mssfix":
                _made = _made with { MssFix = Number(d, 0, 0, 65535, 1492) };
                break;
            case "server":
                _made = _made with { IsServer = true, ServerNetwork = $"{d.Parameters[0]} {d.Parameters[1]}" };
                break;
            case "server-ipv6":
                _made = _made with { ServerNetworkV6 = d.Parameters[0] };
                break;
            case "topology":
                if (d.Parameters[0] is not ("net30" or "p2p" or "subnet"))
                    Error(d, $"topology: '{d.Parameters[0]}' is none of net30, p2p, subnet");
                _made = _made with { Topology = d.Parameters[0] };
                break;
            default:
                return false;
        }
        return true;
    }
}
