// SPDX-License-Identifier: Apache-2.0
// Answers every ping to 10.9.0.0/24 and fd00:9::/64: the packets that the kernel routes into a TUN card come here.
//
// Try it as root, in a network namespace of its own:
//   unshare -n bash
//   dotnet run --project samples/PingResponder &
//   ping -c 3 10.9.0.77; ping -c 3 fd00:9::77
//   kill -INT %1; exit
using System.Runtime.InteropServices;
using Tunbridge.Devices;
using Tunbridge.Packets;

using CancellationTokenSource stop = new();
using PosixSignalRegistration ctrlC =
    PosixSignalRegistration.Create(PosixSignal.SIGINT, s => { s.Cancel = true; stop.Cancel(); }); // Ctrl-C

// The card is gone when this program ends, because it is not made persistent.
using TunDevice tun = TunDevice.Create(new() { Name = "tun0" });
tun.Configure(link => link.Address("10.9.0.1/24").Address("fd00:9::1/64").Up());
Console.WriteLine($"{tun.Name} is up, ping 10.9.0.77 or fd00:9::77");

PacketBatch batch = new(); // one slab of memory for all packets, used again and again
long answered = 0;
try
{
    while (true)
    {
        batch.Clear();
        tun.Read(batch, stop.Token); // waits for the first packet, then takes all that are there
        foreach (ref readonly Packet packet in batch)
        {
            // Turns the request into its reply, in place; false for everything that is no ping.
            if (PacketReply.TryMakeEchoReply(packet.Span, tun.Layer) &&
                tun.TryWrite(packet.Span) == PacketWriteStatus.Written)
                answered++;
        }
    }
}
catch (OperationCanceledException)
{
    Console.WriteLine($"{answered} pings answered");
}
