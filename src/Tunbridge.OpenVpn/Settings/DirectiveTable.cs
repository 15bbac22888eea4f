// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.OpenVpn.Settings;

/// <summary>What becomes of a directive.</summary>
internal enum DirectiveUse
{
    /// <summary>It takes effect.</summary>
    Applied,

    /// <summary>It is passed on as it is, to whoever runs the tunnel (<see cref="TunnelConfiguration.Others"/>).</summary>
    Passed,

    /// <summary>It changes nothing here; the note says why.</summary>
    Ignored,

    /// <summary>It cannot be done; the note says why and what to do.</summary>
    Refused,
}

/// <summary>Every directive that is known, with its use and how many parameters it takes.</summary>
internal static class DirectiveTable
{
    private const int Many = 16;

    internal readonly record struct Entry(DirectiveUse Use, int Least, int Most, string Note);

    private static readonly Dictionary<string, Entry> s_entries = Build();

    internal static IEnumerable<string> Names => s_entries.Keys;

    internal static bool TryFind(string name, out Entry entry) => s_entries.TryGetValue(name, out entry);

    private static Dictionary<string, Entry> Build()
    {
        Dictionary<string, Entry> entries = [];
        Add(DirectiveUse.Applied, 0, 0, "", "client", "pull", "tls-client", "tls-server", "nobind", "remote-random", "remote-random-hostname", "auth-nocache",
            "float", "route-nopull", "client-to-client", "duplicate-cn", "persist-key", "persist-tun", "auth-user-pass-optional",
            "username-as-common-name", "ccd-exclusive", "route-noexec", "ifconfig-noexec", "push-peer-info", "multihome", "up-restart",
            "down-pre", "suppress-timestamps", "machine-readable-output", "tls-exit", "tcp-nodelay", "allow-pull-fqdn", "ping-timer-rem",
            "block-ipv6", "single-session");
        Add(DirectiveUse.Applied, 1, 1, "", "dev", "dev-type", "proto", "port", "lport", "rport", "cipher", "auth", "data-ciphers",
            "ncp-ciphers", "data-ciphers-fallback", "key-direction", "tun-mtu", "ping", "ping-restart", "ping-exit", "topology",
            "remote-cert-tls", "ns-cert-type", "hand-window", "tran-window", "tls-timeout", "tls-cipher", "tls-ciphersuites",
            "tls-groups", "ecdh-curve", "tls-cert-profile", "max-clients", "client-config-dir", "verify-client-cert", "connect-retry-max",
            "resolv-retry", "dh", "cd", "user", "group", "remote-cert-eku", "mode", "connect-timeout", "server-poll-timeout", "capath",
            "auth-retry", "mute", "status-version", "writepid", "nice", "sndbuf", "rcvbuf", "mark", "bind-dev", "txqueuelen",
            "max-routes-per-client", "tcp-queue-limit", "auth-user-pass-file", "tmp-dir", "ifconfig-ipv6-pool", "session-timeout", "route-metric",
            "reneg-bytes", "reneg-pkts", "proto-force");
        Add(DirectiveUse.Applied, 0, 1, "", "ca", "cert", "key", "extra-certs", "pkcs12", "tls-crypt", "auth-user-pass", "askpass",
            "explicit-exit-notify", "compress", "comp-lzo", "peer-fingerprint", "auth-gen-token-secret", "up-delay", "daemon", "syslog",
            "verb", "bind");
        Add(DirectiveUse.Applied, 0, 2, "", "tls-auth", "tls-crypt-v2", "crl-verify", "mssfix", "local", "lladdr");
        Add(DirectiveUse.Applied, 1, 2, "", "verify-x509-name", "reneg-sec", "keepalive", "replay-window", "tls-version-min", "tls-version-max",
            "connect-retry", "inactive", "ifconfig-pool-persist", "server-ipv6", "log", "log-append", "status", "script-security",
            "route-gateway");
        Add(DirectiveUse.Applied, 2, 2, "", "connect-freq", "connect-freq-initial", "static-challenge", "pull-filter", "ifconfig", "ifconfig-ipv6");
        Add(DirectiveUse.Applied, 2, 3, "", "server", "ifconfig-pool");
        Add(DirectiveUse.Applied, 0, 4, "", "server-bridge");
        Add(DirectiveUse.Applied, 1, 3, "", "remote");
        Add(DirectiveUse.Applied, 0, 3, "", "auth-gen-token");
        Add(DirectiveUse.Applied, 0, Many, "", "redirect-gateway", "redirect-private");
        Add(DirectiveUse.Applied, 1, Many, "", "route", "route-ipv6", "dhcp-option", "dns", "push", "setenv", "setenv-safe",
            "remote-cert-ku", "up", "down", "route-up", "route-pre-down", "ipchange", "tls-verify", "client-connect", "client-disconnect",
            "learn-address", "auth-user-pass-verify", "tls-crypt-v2-verify", "socket-flags");
        Add(DirectiveUse.Passed, 0, Many, "", "mktun", "rmtun", "dev-node");
        Add(DirectiveUse.Ignored, 0, Many, "the management interface is not offered: --status tells the state, signals end and restart, " +
            "passwords come from files or the terminal", "management", "management-client", "management-hold", "management-query-passwords",
            "management-query-proxy", "management-query-remote", "management-signal", "management-forget-disconnect", "management-up-down",
            "management-log-cache", "management-client-user", "management-client-group");
        Add(DirectiveUse.Refused, 0, Many, "the management interface is not offered, and without it nobody would judge passwords: use " +
            "auth-user-pass-verify", "management-client-auth");
        Add(DirectiveUse.Ignored, 0, Many, "only front ends on the management interface read it", "echo", "parameter");
        Add(DirectiveUse.Ignored, 0, Many, "each session begins with keys of its own, so nothing has to be remembered", "replay-persist");
        Add(DirectiveUse.Ignored, 0, Many, "an address belongs to whom it was learned from last, and goes with that client", "stale-routes-check");
        Add(DirectiveUse.Ignored, 0, Many, "addresses are asked for anew at each connection", "persist-local-ip", "persist-remote-ip");
        Add(DirectiveUse.Ignored, 0, Many, "the way to the server never leads through the tunnel", "allow-recursive-routing");
        Add(DirectiveUse.Ignored, 1, 1, "a lost connection is tried again; to have the files read again, send SIGHUP itself", "remap-usr1");
        Add(DirectiveUse.Ignored, 0, Many, "packets of the tunnel have no class of service of their own", "passtos");
        Add(DirectiveUse.Ignored, 1, 1, "IPv6 routes lead into the card; a gateway stands in the route-ipv6 itself", "route-ipv6-gateway");
        Add(DirectiveUse.Ignored, 1, 2, "scripts do not get it", "keying-material-exporter", "x509-track");
        Add(DirectiveUse.Ignored, 0, Many, "for developers of openvpn", "gremlin", "memstats");
        Add(DirectiveUse.Ignored, 1, 1, "the configured cipher is always offered beside data-ciphers; where the other side has no TLS 1.2, " +
            "add tls-version-min 1.0", "compat-mode");
        Add(DirectiveUse.Ignored, 1, 1, "a server says it", "peer-id", "key-derivation");
        Add(DirectiveUse.Ignored, 0, Many, "a server says it", "protocol-flags");
        Add(DirectiveUse.Ignored, 1, 1, "a packet may be as long as tun-mtu and the cipher make it", "tun-mtu-max", "max-packet-size");
        Add(DirectiveUse.Refused, 0, Many, "it belongs into a client's own file (client-config-dir) or into what client-connect writes",
            "ifconfig-push", "ifconfig-ipv6-push", "iroute", "iroute-ipv6", "push-reset", "push-remove", "disable");
        Add(DirectiveUse.Ignored, 0, Many, "this program chooses its own buffers and waits", "fast-io", "bcast-buffers", "hash-size");
        Add(DirectiveUse.Ignored, 0, Many, "only Windows has it", "route-method", "ip-win32", "win-sys", "block-outside-dns", "register-dns",
            "dhcp-renew", "dhcp-release", "dhcp-pre-release", "tap-sleep", "windows-driver", "allow-nonadmin", "service", "pause-exit", "show-net-up");
        Add(DirectiveUse.Ignored, 0, Many, "obsolete: current versions have no use for it", "tun-ipv6", "key-method", "comp-noadapt",
            "max-routes", "keysize", "no-iv", "prng", "ncp-disable");
        Add(DirectiveUse.Ignored, 0, Many, "routes are set as soon as the card is up", "route-delay");
        Add(DirectiveUse.Ignored, 0, Many, "there is always room enough", "tun-mtu-extra");
        Add(DirectiveUse.Ignored, 0, Many, "it follows from tun-mtu and the cipher", "link-mtu", "udp-mtu");
        Add(DirectiveUse.Ignored, 0, Many, "the kernel finds the path's MTU", "mtu-disc", "mtu-test");
        Add(DirectiveUse.Ignored, 0, Many, "protection against replays stays on", "no-replay");
        Add(DirectiveUse.Ignored, 0, Many, "differing options only make notes", "opt-verify", "disable-occ", "ifconfig-nowarn");
        Add(DirectiveUse.Ignored, 0, Many, "nothing is logged for replayed packets; they are counted", "mute-replay-warnings");
        Add(DirectiveUse.Ignored, 0, Many, "nothing is ever compressed", "allow-compression");
        Add(DirectiveUse.Ignored, 0, Many, "the kernel's data channel is not used", "disable-dco");
        Add(DirectiveUse.Ignored, 0, Many, "keys and passwords are locked in memory without it, as far as RLIMIT_MEMLOCK lets; the rest may be swapped out", "mlock");
        Add(DirectiveUse.Ignored, 0, Many, "libssl chooses its own engine", "engine", "providers");
        Add(DirectiveUse.Refused, 0, Many, "static keys have no forward secrecy and are gone from openvpn 2.7: make certificates, " +
            "or use peer-fingerprint", "secret");
        Add(DirectiveUse.Refused, 0, Many, "gone since openvpn 2.4: use verify-x509-name", "tls-remote");
        Add(DirectiveUse.Refused, 0, Many, "gone since openvpn 2.5: use verify-client-cert none", "client-cert-not-required");
        Add(DirectiveUse.Refused, 0, Many, "gone since openvpn 2.5: names are told as they are; change scripts that expect underscores, and remove it",
            "compat-names", "no-name-remapping");
        Add(DirectiveUse.Refused, 0, Many, "not offered: use peer-fingerprint (the certificate's own SHA256), or have nothing but the " +
            "authority that is meant in ca", "verify-hash");
        Add(DirectiveUse.Refused, 0, Many, "not offered, and clients would go by another name: use the common name, or username-as-common-name",
            "x509-username-field");
        Add(DirectiveUse.Refused, 0, Many, "not offered: tls-verify gets names and fingerprints (X509_…, tls_digest_…), not the certificate",
            "tls-export-cert");
        Add(DirectiveUse.Refused, 0, Many, "not offered, and clients without it would be let in: remove it to allow that",
            "force-tls-key-material-export");
        Add(DirectiveUse.Refused, 0, Many, "not offered: remove it, and see to it that client-connect and client-config-dir keep to that network",
            "ifconfig-push-constraint");
        Add(DirectiveUse.Refused, 0, Many, "not offered: let the firewall do it (nft or iptables, on the tunnel's card)", "client-nat");
        Add(DirectiveUse.Refused, 0, Many, "not offered: let the kernel do it (tc qdisc, on the tunnel's card)", "shaper");
        Add(DirectiveUse.Refused, 0, Many, "not offered: run one server for each VLAN, each with its own tap and bridge", "vlan-tagging",
            "vlan-accept", "vlan-pvid");
        Add(DirectiveUse.Refused, 0, Many, "tokens come from the server, never from a file: remove it", "auth-token", "auth-token-user");
        Add(DirectiveUse.Refused, 1, 2, "inner fragmentation is not offered: remove it on both sides and set mssfix instead", "fragment");
        Add(DirectiveUse.Refused, 0, Many, "plugins are code of another program: use a script (client-connect, auth-user-pass-verify)", "plugin");
        Add(DirectiveUse.Refused, 0, Many, "smart cards are not offered: export the certificate to a file", "pkcs11-providers", "pkcs11-id",
            "pkcs11-id-management", "pkcs11-cert-private", "pkcs11-pin-cache", "pkcs11-private-mode", "pkcs11-protected-authentication",
            "cryptoapicert", "management-external-key", "management-external-cert");
        Add(DirectiveUse.Refused, 0, Many, "proxies are not offered yet: connect directly, or through a proxy of the system", "http-proxy",
            "http-proxy-option", "http-proxy-user-pass", "http-proxy-retry", "socks-proxy", "socks-proxy-retry");
        Add(DirectiveUse.Refused, 0, Many, "the root directory is not changed: use the service's own sandbox", "chroot");
        Add(DirectiveUse.Refused, 0, Many, "answers to challenges are not handed to scripts: remove it", "client-crresponse");
        Add(DirectiveUse.Refused, 0, Many, "a port is not shared: put a proxy before it that tells TLS of a browser from OpenVPN (HAProxy, sslh), " +
            "or give the tunnel a port of its own", "port-share");
        Add(DirectiveUse.Refused, 0, Many, "connections are not taken over from inetd: run the server as a service of its own", "inetd");
        Add(DirectiveUse.Refused, 0, Many, "not offered: remove it", "setcon");
        return entries;

        void Add(DirectiveUse use, int least, int most, string note, params ReadOnlySpan<string> names)
        {
            foreach (string name in names)
                entries[name] = new Entry(use, least, most, note);
        }
    }
}
