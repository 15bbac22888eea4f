// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Tunbridge.Linux;
using Tunbridge.OpenVpn.Settings;

namespace Tunbridge.Hosting.OpenVpn;

/// <summary>Opens a server's wire as its configuration says.</summary>
internal static class ServerLink
{
    private const int DefaultPort = 1194;

    /// <exception cref="LinuxException">The kernel refused.</exception>
    /// <exception cref="TunnelConfigurationException">The local address is none of the right kind.</exception>
    internal static ITunnelLink Open(TunnelConfiguration configuration, int maximumClients)
    {
        bool isIPv6 = configuration.Protocol.EndsWith('6');
        DatagramAddress local = new(Resolve(configuration.LocalAddress, isIPv6), configuration.LocalPort ?? DefaultPort);
        // As openvpn: udp6 serves IPv4, too, unless bind says otherwise.
        bool isDual = isIPv6 && configuration.LocalAddress is null && Last(configuration, "bind")?.At(0) != "ipv6only";
        uint? mark = Last(configuration, "mark") is { } m ? (uint)Number(m) : null;
        string? device = Last(configuration, "bind-dev")?.At(0);
        int receive = Last(configuration, "rcvbuf") is { } r ? Number(r) : 0;
        int send = Last(configuration, "sndbuf") is { } s ? Number(s) : 0;
        if (configuration.Session.IsTcp)
        {
            return StreamLink.Listen(new()
            {
                Local = local,
                IsDualStack = isDual,
                QueueLimit = Last(configuration, "tcp-queue-limit") is { } limit ? Number(limit) : 64,
                MaximumConnections = maximumClients + (maximumClients / 4) + 64,
                MaximumPacket = Math.Max(2048, configuration.Session.TunMtu + 256),
                NoDelay = Last(configuration, "tcp-nodelay") is not null ||
                    configuration.Others.Any(d => d.Name == "socket-flags" && d.Parameters.Contains("TCP_NODELAY")),
                ReceiveBufferSize = receive,
                SendBufferSize = send,
                Mark = mark,
                BoundDevice = device,
            });
        }
        return DatagramLink.Open(new()
        {
            Local = local,
            IsDualStack = isDual,
            Multihome = Last(configuration, "multihome") is not null,
            ReceiveBufferSize = receive,
            SendBufferSize = send,
            Mark = mark,
            BoundDevice = device,
        });
    }

    private static IPAddress Resolve(string? host, bool isIPv6)
    {
        if (host is null)
            return isIPv6 ? IPAddress.IPv6Any : IPAddress.Any;
        AddressFamily family = isIPv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        IPAddress? address = IPAddress.TryParse(host, out IPAddress? literal) ? literal
            : Dns.GetHostAddresses(host, family).FirstOrDefault();
        return address?.AddressFamily == family || address is { AddressFamily: AddressFamily.InterNetworkV6 } && !isIPv6
            ? address
            : throw new TunnelConfigurationException($"local: '{host}' is no address for {(isIPv6 ? "IPv6" : "IPv4")}; set proto to fit");
    }

    private static Directive? Last(TunnelConfiguration configuration, string name) => configuration.Others.LastOrDefault(d => d.Name == name);

    private static int Number(Directive d) => int.TryParse(d.At(0), NumberStyles.None, CultureInfo.InvariantCulture, out int value)
        ? value : throw new TunnelConfigurationException(d, $"'{d.At(0)}' is no number");
}
