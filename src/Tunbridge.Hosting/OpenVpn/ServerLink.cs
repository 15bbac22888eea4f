// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Tunbridge.Linux;
using Tunbridge.OpenVpn.Settings;

namespace Tunbridge.Hosting.OpenVpn;

/// <summary>Opens a server's wire as its configuration says.</summary>
internal static class ServerLink
{
    private const int DefaultPort = 1194;

    // For clients that are not let in yet.
    private const int SpareConnections = 64;

    /// <summary>The most TCP connections, with so many clients.</summary>
    internal static int ConnectionsFor(int maximumClients) => maximumClients + (maximumClients / 4) + SpareConnections;

    /// <exception cref="LinuxException">The kernel refused.</exception>
    /// <exception cref="TunnelConfigurationException">The local address is none of the right kind.</exception>
    internal static ITunnelLink Open(TunnelConfiguration configuration, int maximumClients)
    {
        bool isIPv6 = configuration.Protocol.EndsWith('6');
        DatagramAddress local = new(Resolve(configuration.LocalAddress, isIPv6), configuration.LocalPort ?? DefaultPort);
        // As openvpn: udp6 and tcp6 serve IPv4, too.
        SocketDirectives sockets = configuration.Sockets;
        bool isDual = isIPv6 && configuration.LocalAddress is null && !sockets.IsIPv6Only;
        if (configuration.Session.IsTcp)
        {
            return StreamLink.Listen(new()
            {
                Local = local,
                IsDualStack = isDual,
                QueueLimit = configuration.Server.StreamQueueLength,
                MaximumConnections = ConnectionsFor(maximumClients),
                MaximumPacket = Math.Max(2048, configuration.Session.TunMtu + 256),
                NoDelay = sockets.HasNoDelay,
                ReceiveBufferSize = sockets.ReceiveBuffer ?? 0,
                SendBufferSize = sockets.SendBuffer ?? 0,
                Mark = sockets.Mark,
                BoundDevice = sockets.BoundDevice,
            });
        }
        return DatagramLink.Open(new()
        {
            Local = local,
            IsDualStack = isDual,
            Multihome = sockets.IsMultihome,
            ReceiveBufferSize = sockets.ReceiveBuffer ?? 0,
            SendBufferSize = sockets.SendBuffer ?? 0,
            Mark = sockets.Mark,
            BoundDevice = sockets.BoundDevice,
        });
    }

    private static IPAddress Resolve(string? host, bool isIPv6)
    {
        if (host is null)
            return isIPv6 ? IPAddress.IPv6Any : IPAddress.Any;
        AddressFamily family = isIPv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        IPAddress? address;
        try
        {
            address = IPAddress.TryParse(host, out IPAddress? literal) ? literal : Dns.GetHostAddresses(host, family).FirstOrDefault();
        }
        catch (SocketException e)
        {
            throw new TunnelConfigurationException($"local: '{host}' is no address, and no name that has one ({e.Message})", e);
        }
        return address?.AddressFamily == family || address is { AddressFamily: AddressFamily.InterNetworkV6 } && !isIPv6
            ? address
            : throw new TunnelConfigurationException($"local: '{host}' is no address for {(isIPv6 ? "IPv6" : "IPv4")}; set proto to fit");
    }
}
