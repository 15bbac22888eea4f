// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Tunbridge.Testing;
using Tunbridge.Tunnels;

namespace Tunbridge.Hosting.Tests.Pumps;

/// <summary>An owner that writes down what it hears.</summary>
internal sealed class RecordingOwner : IPumpOwner
{
    private readonly BlockingCollection<string> _heard = [];

    internal bool LetsMove { get; set; }

    internal ConcurrentQueue<(LinkPath Path, byte[] Datagram)> Control { get; } = [];

    internal ConcurrentQueue<LinkPath> Connections { get; } = [];

    internal Action<TunnelPeer>? Exits { get; set; }

    internal string Next(CancellationToken cancellation) =>
        _heard.TryTake(out string? line, (int)Generous.Patience.TotalMilliseconds, cancellation) ? line : "nothing";

    public void OnControl(in LinkPath from, ReadOnlySpan<byte> datagram)
    {
        Control.Enqueue((from, datagram.ToArray()));
        _heard.Add($"control {Convert.ToHexStringLower(datagram)}");
    }

    public bool OnMoving(TunnelPeer peer, in LinkPath to)
    {
        _heard.Add($"moving {peer.Index}");
        return LetsMove;
    }

    public void OnExit(TunnelPeer peer)
    {
        Exits?.Invoke(peer);
        _heard.Add($"exit {peer.Index}");
    }

    public void OnConnected(in LinkPath path)
    {
        Connections.Enqueue(path);
        _heard.Add("connected");
    }

    public void OnDisconnected(in LinkPath path, string reason) => _heard.Add($"disconnected {reason}");

    public void OnDropped(in LinkPath from, TunnelPeer? peer, DropReason reason, ReadOnlySpan<byte> packet) =>
        _heard.Add($"dropped {reason} {Convert.ToHexStringLower(packet)}".TrimEnd());
}
