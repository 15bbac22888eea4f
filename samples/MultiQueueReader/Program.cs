// SPDX-License-Identifier: Apache-2.0
// Reads one card on four threads: a multi-queue card has a descriptor for each, and the kernel keeps every flow on one.
//
// Try it as root, in a network namespace of its own:
//   unshare -n bash
//   dotnet run --project samples/MultiQueueReader &
//   for port in $(seq 1000 1063); do echo hello > /dev/udp/10.9.0.2/$port; done
//   kill -INT %1; exit
using System.Runtime.InteropServices;
using Tunbridge.Devices;
using Tunbridge.Packets;

const int QueueCount = 4;
using CancellationTokenSource stop = new();
using PosixSignalRegistration ctrlC =
    PosixSignalRegistration.Create(PosixSignal.SIGINT, s => { s.Cancel = true; stop.Cancel(); }); // Ctrl-C

using TunDevice tun = TunDevice.Create(new() { Name = "tun0", Queues = QueueCount });
tun.Configure(link => link.Address("10.9.0.1/24").Up());
Console.WriteLine($"{tun.Name} is up with {tun.Queues.Count} queues, send something to 10.9.0.0/24");

// A queue waits in a thread of its own, so that the flow of packets never meets the thread pool.
long[] counts = new long[QueueCount];
Thread[] threads = [.. tun.Queues.Select((queue, i) => new Thread(() => counts[i] = CountPackets(queue)))];
foreach (Thread thread in threads)
    thread.Start();
foreach (Thread thread in threads)
    thread.Join();

for (int i = 0; i < QueueCount; i++)
    Console.WriteLine($"queue {i}: {counts[i]} packets");
Console.WriteLine($"all: {counts.Sum()} packets");

long CountPackets(DeviceQueue queue)
{
    PacketBatch batch = new(); // each thread has its own: a batch has one owner at a time
    long count = 0;
    try
    {
        while (true)
        {
            batch.Clear();
            count += queue.Read(batch, stop.Token);
        }
    }
    catch (OperationCanceledException)
    {
        return count;
    }
}
