// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Netlink.Wire;

namespace Tunbridge.Netlink;

/// <summary>The network configuration of one namespace, read and changed by rtnetlink.</summary>
/// <remarks>
/// Thread-safe: exchanges are serialized. Calls block for as long as the kernel works. See docs/netlink.md for the
/// theory of operation. Nothing here needs privilege for reading; changes need CAP_NET_ADMIN.
/// </remarks>
public sealed partial class RouteNetlink : IRequestSink, IDisposable
{
    private readonly NetlinkSocket _socket;

    private RouteNetlink(NetlinkSocket socket)
    {
        _socket = socket;
        Links = new LinkOperations(this);
        Addresses = new AddressOperations(this);
        Routes = new RouteOperations(this);
        Rules = new RuleOperations(this);
        Neighbours = new NeighbourOperations(this);
    }

    /// <summary>Cards.</summary>
    public LinkOperations Links { get; }

    /// <summary>Addresses of cards.</summary>
    public AddressOperations Addresses { get; }

    /// <summary>Routes.</summary>
    public RouteOperations Routes { get; }

    /// <summary>Policy rules.</summary>
    public RuleOperations Rules { get; }

    /// <summary>Neighbours.</summary>
    public NeighbourOperations Neighbours { get; }

    /// <summary>Opens the namespace that the calling thread is in.</summary>
    /// <exception cref="LinuxException">The kernel refused the socket.</exception>
    public static RouteNetlink Open() => new(NetlinkSocket.Open());

    /// <summary>Opens a namespace; the result works on any thread.</summary>
    /// <param name="networkNamespace">The namespace; it may be disposed afterwards.</param>
    /// <exception cref="LinuxException">The namespace may not be entered (CAP_SYS_ADMIN), or refuses the socket.</exception>
    public static RouteNetlink Open(NetworkNamespace networkNamespace)
    {
        ArgumentNullException.ThrowIfNull(networkNamespace);
        return networkNamespace.Run(Open);
    }

    /// <summary>Starts a batch: many changes in few system calls, each error reported by its index.</summary>
    public NetlinkBatch CreateBatch() => new(this);

    /// <summary>Closes the socket. An exchange on another thread ends first.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _builder.Dispose();
            _socket.Dispose();
            _disposed = true;
        }
    }

    /// <summary>A card's name, for messages; null when it is gone or the question fails.</summary>
    internal string? NameOf(int linkIndex)
    {
        try
        {
            return Links.TryGet(linkIndex)?.Name;
        }
        catch (LinuxException)
        {
            // The error under report matters; a failure to find a name for it does not.
            return null;
        }
    }
}
