// SPDX-License-Identifier: Apache-2.0
// Writes all that passes a TAP card, both ways, into a file that tcpdump and Wireshark read.
//
// Try it as root, in a network namespace of its own:
//   unshare -n bash
//   dotnet run --project samples/Capture /tmp/tap0.pcapng &
//   ping -c 3 192.168.0.2
//   kill -INT %1; wait; tcpdump -r /tmp/tap0.pcapng; exit
using System.Net;
using System.Runtime.InteropServices;
using Tunbridge.Devices;

if (args.Length != 1)
{
    Console.Error.WriteLine("usage: Capture FILE.pcapng");
    return 2;
}

using CancellationTokenSource stop = new();
using PosixSignalRegistration ctrlC =
    PosixSignalRegistration.Create(PosixSignal.SIGINT, s => { s.Cancel = true; stop.Cancel(); }); // Ctrl-C

using PacketCapture capture = new(File.Create(args[0]));
TapDevice tap = TapDevice.Create(new() { Name = "tap0" });
// A decorator: a queue like the card itself, which also writes down every packet. It owns the card.
using CapturingQueue queue = capture.Wrap(tap, tap.Name);
tap.Configure(link => link.Address("192.168.0.1/24").Up());
Console.WriteLine($"{tap.Name} is up, ping 192.168.0.2");

// Somebody has to live behind the card, or there would be requests only: a host that answers.
VirtualHost host = new(queue, new() { Ipv4Address = IPAddress.Parse("192.168.0.2") });
host.Run(stop.Token);

Console.WriteLine($"{capture.Count} frames written to {args[0]}");
if (capture.Error is not null)
    Console.Error.WriteLine($"the capture is not complete: {capture.Error.Message}");
return capture.Error is null ? 0 : 1;
