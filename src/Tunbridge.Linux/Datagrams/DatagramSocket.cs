// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux.Interop;

namespace Tunbridge.Linux;

/// <summary>A UDP socket that sends and receives in batches, runs of datagrams whole.</summary>
/// <remarks>
/// Theory of operation: docs/sockets.md. Thread-safe: usually one thread receives and others send, each with a batch of
/// its own. Sending and receiving allocate nothing and throw for nothing that the network does: see
/// <see cref="Counters"/>. Closing from any thread ends every wait at once with
/// <see cref="ObjectDisposedException"/>.
/// </remarks>
public sealed unsafe partial class DatagramSocket : IDisposable
{
    private readonly ClosableWait _waits = new();
    private readonly SegmentationState _segmentation;
    private readonly bool _isIPv6;
    private readonly bool _keepsErrors;

    private DatagramSocket(FileDescriptor descriptor, bool isIPv6, DatagramSocketOptions options)
    {
        Descriptor = descriptor;
        _isIPv6 = isIPv6;
        _keepsErrors = options.ReceiveErrors;
        _segmentation = new SegmentationState(
            options.Segmentation && !GsoSwitch.IsOff, options.Time ?? TimeProvider.System);
    }

    /// <summary>The descriptor, for <see cref="ReadinessLoop"/> and for options this class has no name for.</summary>
    public FileDescriptor Descriptor { get; }

    /// <summary>What was sent, received, refused and reported.</summary>
    public DatagramCounters Counters { get; } = new();

    /// <summary>Whether the socket was closed.</summary>
    public bool IsClosed => _waits.IsClosed;

    /// <summary>Whether every datagram goes out as a message of its own: by wish, or as the kernel had it.</summary>
    public bool IsSegmentationOff => _segmentation.IsOff;

    /// <summary>Whether the kernel may hand over runs of datagrams whole.</summary>
    public bool IsCoalescing { get; private init; }

    /// <summary>The address and port the socket is bound to.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public DatagramAddress LocalAddress => DatagramAddress.OfSocket(Descriptor, "UDP socket");

    /// <summary>Bytes of the receive buffer as the kernel counts: twice what was granted, for its bookkeeping.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public int ReceiveBufferSize => GetOption(Libc.SOL_SOCKET, Libc.SO_RCVBUF, "SO_RCVBUF");

    /// <summary>Bytes of the send buffer as the kernel counts: twice what was granted, for its bookkeeping.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public int SendBufferSize => GetOption(Libc.SOL_SOCKET, Libc.SO_SNDBUF, "SO_SNDBUF");

    /// <summary>The MTU of the path to the peer of a connected socket, IP header included (IP_MTU, IPV6_MTU).</summary>
    /// <exception cref="LinuxException">ENOTCONN: the socket has no single peer.</exception>
    public int PathMtu
    {
        get
        {
            // An IPv4 peer of an IPv6 socket has its MTU under the IPv4 name.
            if (_isIPv6 && RemoteAddress is { IsIPv4: false })
                return GetOption(Libc.SOL_IPV6, Libc.IPV6_MTU, "IPV6_MTU");
            return GetOption(Libc.SOL_IP, Libc.IP_MTU, "IP_MTU");
        }
    }

    /// <summary>The peer the socket is connected to, or none.</summary>
    public DatagramAddress RemoteAddress { get; private init; }

    /// <summary>Closes the socket, from any thread, and wakes whoever waits in it.</summary>
    public void Dispose()
    {
        _waits.Dispose();
        Descriptor.Dispose();
    }

    private int GetOption(int level, int name, string text)
    {
        int value;
        uint length = sizeof(int);
        using FileDescriptor.Borrow borrow = new(Descriptor);
        return Libc.getsockopt(borrow.Number, level, name, &value, &length) == 0
            ? value
            : throw new LinuxException(Libc.LastErrno, "getsockopt", text);
    }

    private static DatagramOutcome Outcome(Errno errno) => errno switch
    {
        Errno.None => DatagramOutcome.Sent,
        Errno.EAGAIN => DatagramOutcome.BufferFull,
        Errno.ENOBUFS or Errno.ENOMEM => DatagramOutcome.NoBuffers,
        Errno.EMSGSIZE => DatagramOutcome.TooLong,
        Errno.ECONNREFUSED => DatagramOutcome.PeerRefused,
        Errno.ENETUNREACH or Errno.EHOSTUNREACH or Errno.ENETDOWN or Errno.EHOSTDOWN or Errno.ENODEV =>
            DatagramOutcome.Unreachable,
        Errno.EPERM or Errno.EACCES => DatagramOutcome.NotPermitted,
        Errno.EINVAL or Errno.EADDRNOTAVAIL or Errno.ENXIO => DatagramOutcome.AddressUnavailable,
        _ => DatagramOutcome.Other,
    };

    // These are about us, not about the network.
    private static bool IsOurFault(Errno errno) => errno is Errno.EBADF or Errno.ENOTSOCK or Errno.EFAULT;
}
