// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Tunbridge.Linux.Interop;

namespace Tunbridge.Linux;

public sealed unsafe partial class DatagramSocket
{
    /// <summary>Opens a socket.</summary>
    /// <param name="options">How.</param>
    /// <exception cref="ArgumentException">The options contradict themselves.</exception>
    /// <exception cref="LinuxException">The kernel refused; the message says which option of which socket.</exception>
    public static DatagramSocket Open(DatagramSocketOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ThrowIfMistaken(options);
        Libc.AssertPlatform();
        return options.Namespace is NetworkNamespace home ? home.Run(() => OpenHere(options)) : OpenHere(options);
    }

    private static DatagramSocket OpenHere(DatagramSocketOptions options)
    {
        bool isIPv6 = options.Local.IsNone ? options.Remote.IsIPv6 : options.Local.IsIPv6;
        int fd = Libc.socket(
            isIPv6 ? Libc.AF_INET6 : Libc.AF_INET, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC | Libc.SOCK_NONBLOCK, 0);
        if (fd < 0)
            throw new LinuxException(Libc.LastErrno, "socket", isIPv6 ? "AF_INET6" : "AF_INET");
        FileDescriptor descriptor = new(fd);
        try
        {
            SetSocketOptions(fd, options);
            // An IPv6 socket that serves IPv4 peers wants both families' options, but tells its mapped address once.
            if (!isIPv6 || options.IsDualStack)
                SetFamilyOptions(fd, options, ofIPv6: false);
            if (isIPv6)
            {
                Set(fd, Libc.SOL_IPV6, Libc.IPV6_V6ONLY, options.IsDualStack ? 0 : 1, "IPV6_V6ONLY");
                SetFamilyOptions(fd, options, ofIPv6: true);
                Set(fd, Libc.SOL_IPV6, Libc.IPV6_RECVPKTINFO, 1, "IPV6_RECVPKTINFO");
            }
            else
            {
                Set(fd, Libc.SOL_IP, Libc.IP_PKTINFO, 1, "IP_PKTINFO");
            }

            // Refused before Linux 5.0: datagrams then come one by one.
            bool coalescing = options.Coalescing && !GsoSwitch.IsOff &&
                TrySet(fd, Libc.SOL_UDP, Libc.UDP_GRO, 1) == Errno.None;
            Attach(fd, options, isIPv6);
            return new DatagramSocket(descriptor, isIPv6, options)
            {
                IsCoalescing = coalescing,
                RemoteAddress = options.Remote,
            };
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }
    }

    private static void SetSocketOptions(int fd, DatagramSocketOptions options)
    {
        SetBuffer(fd, Libc.SO_RCVBUFFORCE, Libc.SO_RCVBUF, options.ReceiveBufferSize, "SO_RCVBUF");
        SetBuffer(fd, Libc.SO_SNDBUFFORCE, Libc.SO_SNDBUF, options.SendBufferSize, "SO_SNDBUF");
        if (options.ReuseAddress)
            Set(fd, Libc.SOL_SOCKET, Libc.SO_REUSEADDR, 1, "SO_REUSEADDR");
        if (options.ReusePort)
            Set(fd, Libc.SOL_SOCKET, Libc.SO_REUSEPORT, 1, "SO_REUSEPORT");
        if (options.Mark is uint mark)
        {
            Set(fd, Libc.SOL_SOCKET, Libc.SO_MARK, (int)mark, "SO_MARK",
                "A mark needs CAP_NET_ADMIN: run as root, or give the service that capability.");
        }

        if (options.BoundDevice is not string device)
            return;
        byte[] name = Encoding.UTF8.GetBytes(device);
        fixed (byte* p = name)
        {
            if (Libc.setsockopt(fd, Libc.SOL_SOCKET, Libc.SO_BINDTODEVICE, p, (uint)name.Length) != 0)
                throw new LinuxException(Libc.LastErrno, "setsockopt SO_BINDTODEVICE", device);
        }
    }

    // The same options have a name in either family.
    private static void SetFamilyOptions(int fd, DatagramSocketOptions options, bool ofIPv6)
    {
        if (options.PathMtuDiscovery != PathMtuDiscovery.Default)
        {
            SetNamed(
                Libc.IP_MTU_DISCOVER, "IP_MTU_DISCOVER", Libc.IPV6_MTU_DISCOVER, "IPV6_MTU_DISCOVER",
                (int)options.PathMtuDiscovery);
        }

        if (options.ReceiveErrors)
            SetNamed(Libc.IP_RECVERR, "IP_RECVERR", Libc.IPV6_RECVERR, "IPV6_RECVERR", 1);
        if (options.ReceiveHeaderFields)
        {
            SetNamed(Libc.IP_RECVTOS, "IP_RECVTOS", Libc.IPV6_RECVTCLASS, "IPV6_RECVTCLASS", 1);
            SetNamed(Libc.IP_RECVTTL, "IP_RECVTTL", Libc.IPV6_RECVHOPLIMIT, "IPV6_RECVHOPLIMIT", 1);
        }

        if (options.TimeToLive is int ttl)
            SetNamed(Libc.IP_TTL, "IP_TTL", Libc.IPV6_UNICAST_HOPS, "IPV6_UNICAST_HOPS", ttl);
        if (options.TrafficClass is int trafficClass)
            SetNamed(Libc.IP_TOS, "IP_TOS", Libc.IPV6_TCLASS, "IPV6_TCLASS", trafficClass);

        void SetNamed(int ipv4, string ipv4Text, int ipv6, string ipv6Text, int value)
        {
            if (ofIPv6)
                Set(fd, Libc.SOL_IPV6, ipv6, value, ipv6Text);
            else
                Set(fd, Libc.SOL_IP, ipv4, value, ipv4Text);
        }
    }

    private static void Attach(int fd, DatagramSocketOptions options, bool isIPv6)
    {
        byte* address = stackalloc byte[sizeof(Libc.sockaddr_in6)];
        if (!options.Local.IsNone && Libc.bind(fd, address, options.Local.Write(address, isIPv6)) != 0)
            throw new LinuxException(Libc.LastErrno, "bind", options.Local.ToString());
        if (!options.Remote.IsNone && Libc.connect(fd, address, options.Remote.Write(address, isIPv6)) != 0)
            throw new LinuxException(Libc.LastErrno, "connect", options.Remote.ToString());
    }

    // The forced form passes over net.core.rmem_max and wants CAP_NET_ADMIN.
    private static void SetBuffer(int fd, int forced, int limited, int size, string text)
    {
        if (TrySet(fd, Libc.SOL_SOCKET, forced, size) != Errno.None)
            Set(fd, Libc.SOL_SOCKET, limited, size, text);
    }

    private static void Set(int fd, int level, int name, int value, string text, string? hint = null)
    {
        Errno errno = TrySet(fd, level, name, value);
        if (errno != Errno.None)
            throw new LinuxException(errno, "setsockopt", text, null, errno == Errno.EPERM ? hint : null);
    }

    private static Errno TrySet(int fd, int level, int name, int value) =>
        Libc.setsockopt(fd, level, name, &value, sizeof(int)) == 0 ? Errno.None : Libc.LastErrno;

    private static void ThrowIfMistaken(DatagramSocketOptions options)
    {
        DatagramAddress local = options.Local, remote = options.Remote;
        if (local.IsNone && remote.IsNone)
            throw new ArgumentException("Give Local, Remote or both.", nameof(options));
        if (!remote.IsNone && remote.Port == 0)
            throw new ArgumentException($"The remote address {remote} has no port.", nameof(options));
        if (!local.IsNone && !remote.IsNone && local.IsIPv6 != remote.IsIPv6 && !(local.IsIPv6 && options.IsDualStack))
            throw new ArgumentException($"{local} and {remote} are of two families.", nameof(options));
        if (options.IsDualStack && !(local.IsNone ? remote : local).IsIPv6)
            throw new ArgumentException("A dual-stack socket has an IPv6 address, such as [::].", nameof(options));
        ThrowIfOutside(options.TimeToLive ?? 1, 1, byte.MaxValue, nameof(options.TimeToLive));
        ThrowIfOutside(options.TrafficClass ?? 0, 0, byte.MaxValue, nameof(options.TrafficClass));
        ThrowIfOutside(options.ReceiveBufferSize, 1, int.MaxValue / 2, nameof(options.ReceiveBufferSize));
        ThrowIfOutside(options.SendBufferSize, 1, int.MaxValue / 2, nameof(options.SendBufferSize));
        if (options.BoundDevice is string device)
            InterfaceName.ThrowIfMistaken(device);
    }

    private static void ThrowIfOutside(int value, int minimum, int maximum, string option)
    {
        if (value < minimum || value > maximum)
            throw new ArgumentException($"{option} is {value}; allowed are {minimum} to {maximum}.");
    }
}
