// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Netlink.Wire;

namespace Tunbridge.Netlink;

/// <summary>Many changes in few system calls: the kernel answers failures only, and each is reported by its index.</summary>
/// <remarks>
/// Commands are recorded in the order in which they are called and applied in that order by <see cref="Execute"/>; a
/// failed one does not stop the ones after it. Not thread-safe.
/// </remarks>
public sealed class NetlinkBatch : IRequestSink, IDisposable
{
    private readonly RouteNetlink _netlink;
    private readonly MessageBuilder _builder = new();
    private readonly List<BatchRequest> _requests = [];

    internal NetlinkBatch(RouteNetlink netlink)
    {
        _netlink = netlink;
        Links = new LinkCommands(this);
        Addresses = new AddressCommands(this);
        Routes = new RouteCommands(this);
        Rules = new RuleCommands(this);
        Neighbours = new NeighbourCommands(this);
    }

    /// <summary>Records changes of cards.</summary>
    public LinkCommands Links { get; }

    /// <summary>Records changes of addresses.</summary>
    public AddressCommands Addresses { get; }

    /// <summary>Records changes of routes.</summary>
    public RouteCommands Routes { get; }

    /// <summary>Records changes of policy rules.</summary>
    public RuleCommands Rules { get; }

    /// <summary>Records changes of neighbours.</summary>
    public NeighbourCommands Neighbours { get; }

    /// <summary>How many commands are recorded; the next command's index.</summary>
    public int Count => _requests.Count;

    /// <summary>Applies what is recorded, and empties the batch.</summary>
    /// <returns>The commands that failed, in order; empty when all went well.</returns>
    /// <exception cref="LinuxException">The kernel took no requests at all.</exception>
    public IReadOnlyList<NetlinkBatchFailure> Execute()
    {
        try
        {
            return _netlink.ExecuteBatch(_builder, _requests);
        }
        finally
        {
            Clear();
        }
    }

    /// <summary>Forgets what is recorded.</summary>
    public void Clear()
    {
        _builder.Clear();
        _requests.Clear();
    }

    /// <summary>Gives the buffer back; what is recorded is not applied.</summary>
    public void Dispose() => _builder.Dispose();

    /// <inheritdoc/>
    void IRequestSink.Submit<T>(
        MessageType type, MessageFlags flags, RequestTarget target, T state, Action<MessageBuilder, T> encode)
    {
        int start = _builder.Length;
        _builder.Begin(type, flags);
        encode(_builder, state);
        _builder.End();
        _requests.Add(new() { Type = type, Start = start, Length = _builder.Length - start, Target = target });
    }
}
