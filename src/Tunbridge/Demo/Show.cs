// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net;
using Tunbridge.Changes;
using Tunbridge.Configuration;
using Tunbridge.Devices;
using Tunbridge.Linux;
using Tunbridge.Netlink;
using Tunbridge.Output;

namespace Tunbridge.Demo;

/// <summary>
/// The demonstration: the embedded default card in a network namespace of its own, a host that this program plays, and
/// the kernel's stack talking to it.
/// </summary>
/// <remarks>
/// The namespace has no name: it, the card and its addresses go when this process ends, however it ends. Only the
/// capture file stays.
/// </remarks>
internal sealed class Show(string file, bool json)
{
    private const string HostIpv4 = "192.168.0.2";
    private const string HostIpv6 = "fe80::2";
    private const int Pings = 4;

    private static readonly TimeSpan s_pingTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_udpDuration = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_addressTimeout = TimeSpan.FromSeconds(10);

    // With --json only the one document goes to standard output.
    private readonly TextWriter _talk = json ? Console.Error : Console.Out;

    internal int Run(CancellationToken cancellationToken)
    {
        try
        {
            DesiredState wanted = ConfigurationFile.Parse(ConfigurationFile.DefaultText, ConfigurationFile.DefaultName, "demo");
            // First what may go wrong for reasons of the user's own: a file that cannot be.
            using PacketSink sink = PacketSink.OpenNew(wanted.Devices[0].Name, isTap: true, file, _talk);
            using NetworkNamespace place = NetworkNamespace.Create();
            DemoSummary summary = Perform(place, wanted, sink, cancellationToken) with { Tunnels = Tunnels(cancellationToken) };
            summary.Write(json);
            return summary.IsWhole ? ExitCode.Done : ExitCode.Failed;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("interrupted; nothing is left but the capture, if it was begun");
            return ExitCode.Done;
        }
    }

    private List<TunnelRow> Tunnels(CancellationToken cancellationToken)
    {
        try
        {
            return new TunnelShow(_talk).Run(cancellationToken);
        }
        catch (DllNotFoundException)
        {
            _talk.WriteLine("Without OpenSSL 3 (libssl3) there are no tunnels to show.");
            return [];
        }
    }

    private DemoSummary Perform(NetworkNamespace place, DesiredState wanted, PacketSink sink, CancellationToken cancellationToken)
    {
        using RouteNetlink netlink = RouteNetlink.Open(place);
        string card = place.Run(() => BringUp(wanted, netlink));
        using TapDevice device = TapDevice.Attach(card, new() { Namespace = place });
        VirtualHost host = new(device, new() { Ipv4Address = IPAddress.Parse(HostIpv4), Ipv6Address = IPAddress.Parse(HostIpv6) });
        _talk.WriteLine($"This program serves {card} and plays the host {HostIpv4}, {HostIpv6} behind it.\n");

        using CancellationTokenSource stopHost = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task server = Background(() => host.Run(stopHost.Token));
        try
        {
            int index = netlink.Links.Get(card).Index;
            AwaitLinkLocalAddress(place, index, cancellationToken);
            List<RoundTrips> pings = WatchedPings(place, sink, index, cancellationToken);
            _talk.WriteLine($"\n{s_udpDuration.TotalSeconds:0} seconds of UDP echo through the card …");
            UdpEchoRun udp = place.Run(() => UdpEchoRun.Execute(
                new IPEndPoint(IPAddress.Parse(HostIpv4), 7), s_udpDuration, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
            return new() { Card = card, Pings = pings, Udp = udp, Received = host.Received, Sent = host.Sent, File = file };
        }
        finally
        {
            stopHost.Cancel();
            server.GetAwaiter().GetResult();
        }
    }

    private string BringUp(DesiredState wanted, RouteNetlink netlink)
    {
        ChangePlan plan = Planner.Up(wanted, HostState.Read(netlink));
        plan.Apply(netlink);
        _talk.WriteLine("In a network namespace of its own, the embedded default card:");
        foreach (Change change in plan.Changes)
            _talk.WriteLine($"  {change.Description}");
        return wanted.Devices[0].Name;
    }

    // The kernel gives the card its link-local address once a reader is attached, and tries it out for about a second.
    private static void AwaitLinkLocalAddress(NetworkNamespace place, int index, CancellationToken cancellationToken)
    {
        using NetlinkMonitor monitor = NetlinkMonitor.Open(place, NetlinkTopics.Addresses);
        using EventFd cancelled = new();
        using CancellationTokenRegistration registration = cancellationToken.Register(cancelled.Set);
        long start = Stopwatch.GetTimestamp();
        // Until IPv6 turns out to be off, which the pings then tell.
        while (!IsUsable() && Stopwatch.GetElapsedTime(start) < s_addressTimeout)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _ = monitor.TryRead(out _, cancelled, (int)s_addressTimeout.TotalMilliseconds);
        }

        bool IsUsable()
        {
            using RouteNetlink netlink = RouteNetlink.Open(place);
            return netlink.Addresses.List(index).Any(a =>
                a.IsIPv6 && a.Scope == AddressScope.Link && !a.Flags.HasFlag(AddressFlags.Tentative));
        }
    }

    private List<RoundTrips> WatchedPings(NetworkNamespace place, PacketSink sink, int index, CancellationToken cancellationToken)
    {
        using PacketSocket socket = place.Run(() => PacketSocket.Open(index));
        _talk.WriteLine("The kernel pings that host ('out': kernel to card, 'in': what this program writes):");
        using CancellationTokenSource stop = new();
        Task watcher = Background(() => sink.TakeFrom(socket, 0, () => false, stop.Token));
        try
        {
            return
            [
                Ping(place, "IPv4", IPAddress.Parse(HostIpv4), cancellationToken),
                Ping(place, "IPv6", new IPAddress(IPAddress.Parse(HostIpv6).GetAddressBytes(), index), cancellationToken),
            ];
        }
        finally
        {
            stop.Cancel();
            watcher.GetAwaiter().GetResult();
        }
    }

    // A thread of its own whose failure (a deleted card, a full disk) comes out where the task is awaited.
    private static Task Background(Action action) =>
        Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static RoundTrips Ping(NetworkNamespace place, string protocol, IPAddress target, CancellationToken cancellationToken)
    {
        RoundTrips trips = new(protocol, target.ToString());
        using EchoProbe probe = place.Run(() => new EchoProbe(target, s_pingTimeout));
        for (ushort sequence = 1; sequence <= Pings; sequence++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            trips.Add(probe.Ping(sequence));
        }

        return trips;
    }
}
