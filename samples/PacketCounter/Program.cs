// SPDX-License-Identifier: Apache-2.0
// Counts the packets that the kernel sends into a TUN card, by protocol, in the easiest way to read a card.
//
// Try it as root, in a network namespace of its own:
//   unshare -n bash
//   dotnet run --project samples/PacketCounter &
//   ping -c 3 -W 1 10.9.0.2; echo hello > /dev/udp/10.9.0.2/9
//   kill -INT %1; exit
using System.Runtime.InteropServices;
using Tunbridge.Devices;
using Tunbridge.Packets;

using CancellationTokenSource stop = new();
using PosixSignalRegistration ctrlC =
    PosixSignalRegistration.Create(PosixSignal.SIGINT, s => { s.Cancel = true; stop.Cancel(); }); // Ctrl-C

await using TunDevice tun = TunDevice.Create(new() { Name = "tun0" });
await tun.ConfigureAsync(link => link.Address("10.9.0.1/24").Up(), stop.Token);
Console.WriteLine($"{tun.Name} is up, send something to 10.9.0.0/24");

SortedDictionary<string, (long Packets, long Bytes)> counts = [];
try
{
    await foreach (ReadOnlyMemory<byte> packet in tun.ReadAllAsync(stop.Token))
    {
        string kind = KindOf(packet.Span);
        (long packets, long bytes) = counts.GetValueOrDefault(kind);
        counts[kind] = (packets + 1, bytes + packet.Length);
    }
}
catch (OperationCanceledException)
{
    foreach ((string kind, (long packets, long bytes)) in counts)
        Console.WriteLine($"{kind,-14} {packets,8} packets {bytes,10} bytes");
}

// A view is valid when TryParse says so, and then every property can be read.
static string KindOf(ReadOnlySpan<byte> packet) =>
    Ipv4View.TryParse(packet, out Ipv4View v4) ? $"IPv4 {v4.Protocol}"
    : Ipv6View.TryParse(packet, out Ipv6View v6) && v6.TryGetUpperLayer(out Ipv6UpperLayer upper) ? $"IPv6 {upper.Protocol}"
    : "other";
