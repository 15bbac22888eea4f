// SPDX-License-Identifier: Apache-2.0
// A cable between two network namespaces: what one of its two TAP cards gets is sent out of the other.
//
// Try it as root; the two namespaces are all that it touches:
//   ip netns add left; ip netns add right
//   dotnet run --project samples/TwoPortHub left right &
//   ip -n left addr add 10.9.0.1/24 dev hub0; ip -n right addr add 10.9.0.2/24 dev hub0
//   ip netns exec left ping -c 3 10.9.0.2
//   kill -INT %1; ip netns delete left; ip netns delete right
using System.Runtime.InteropServices;
using Tunbridge.Devices;
using Tunbridge.Linux;
using Tunbridge.Packets;

if (args.Length != 2)
{
    Console.Error.WriteLine("usage: TwoPortHub NAMESPACE NAMESPACE   each a name, a path or the id of a process");
    return 2;
}

using CancellationTokenSource stop = new();
using PosixSignalRegistration ctrlC =
    PosixSignalRegistration.Create(PosixSignal.SIGINT, s => { s.Cancel = true; stop.Cancel(); }); // Ctrl-C

using TapDevice left = OpenPort(args[0]);
using TapDevice right = OpenPort(args[1]);
Console.WriteLine($"{left.Name} in {args[0]} and {right.Name} in {args[1]} are joined");
// One thread each way; when one fails, the other has no reason to go on.
Task[] ways = [Task.Run(() => Carry(left, right)), Task.Run(() => Carry(right, left))];
await Task.WhenAny(ways);
await stop.CancelAsync();
await Task.WhenAll(ways);
return 0;

// With offloads on, both kernels pass TCP on in packets of up to 64 KiB, which cross this program whole.
static TapDevice OpenPort(string where)
{
    using NetworkNamespace place = NetworkNamespace.Open(where);
    TapDevice tap = TapDevice.Create(new() { Name = "hub0", Namespace = place, Offload = Offload.All });
    tap.Configure(link => link.Up());
    return tap;
}

void Carry(TapDevice from, TapDevice to)
{
    PacketBatch batch = new();
    try
    {
        while (true)
        {
            batch.Clear();
            from.Read(batch, stop.Token);
            to.Write(batch); // each with its GsoInfo; a full queue drops, as a cable would
        }
    }
    catch (OperationCanceledException)
    {
        // Ctrl-C, or the other way failed.
    }
}
