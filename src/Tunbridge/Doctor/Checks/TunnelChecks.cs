// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Changes;
using Tunbridge.Crypto;
using Tunbridge.Doctor.Facts;
using Tunbridge.OpenVpn.Control;
using static Tunbridge.Doctor.Check;

namespace Tunbridge.Doctor.Checks;

/// <summary>What a tunnel needs beyond a card: TLS, the right to change the host, somebody who is told of name servers.</summary>
internal static class TunnelChecks
{
    private const uint OthersReadAndWrite = 6;

    /// <summary>All of it in one check, which fails nobody: cards need none of it.</summary>
    /// <param name="driver">The driver's node.</param>
    /// <param name="who">The process.</param>
    public static Check Needs(DriverFacts driver, Privileges who)
    {
        string? tls = Tls();
        HostResolver? resolver = HostResolver.Find();
        List<string> notes = [];
        if (!who.HasNetAdmin)
            notes.Add("without CAP_NET_ADMIN a tunnel needs a card of this user's (openvpn --mktun --dev tun7 --user NAME), ifconfig-noexec and route-noexec");
        if (driver.Node is { } node && (node.Mode & OthersReadAndWrite) != OthersReadAndWrite)
            notes.Add("/dev/net/tun is not everybody's to open: a tunnel with `user` cannot open its card after giving up root; chmod 666 /dev/net/tun");
        if (resolver is null)
            notes.Add("name servers that a server pushes are told to nobody: neither systemd-resolved nor resolvconf is here");
        Check check = new()
        {
            Id = "tunnels",
            Status = tls is null ? CheckStatus.Warn : CheckStatus.Ok,
            Summary = tls is null ? "libssl.so.3 is not installed: no OpenVPN tunnels" : "OpenVPN tunnels can be run",
            Evidence =
            [
                Seen("tls", tls ?? "none"),
                Seen("ciphers", tls is null ? "none" : string.Join(":", SessionSettings.KnownDataCiphers)),
                Seen("resolver", resolver is null ? "none" : resolver.Name),
            ],
            Notes = notes,
        };
        return tls is not null ? check : check with
        {
            Fix = new() { Explanation = "Install it from the distribution.", Commands = ["apt-get install libssl3"] },
        };
    }

    private static string? Tls()
    {
        try
        {
            return new OpenSslTlsProvider().Name;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException or TypeInitializationException)
        {
            // The check says so.
            return null;
        }
    }
}
