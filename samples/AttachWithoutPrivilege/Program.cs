// SPDX-License-Identifier: Apache-2.0
// Serves a card as an ordinary user: root creates it once and names its owner, and attaching needs no privilege.
//
// Try it; tunbridge only is run as root, the sample as you:
//   sudo ./tunbridge add tap0 --kind tap --owner "$USER" --address 192.168.0.1/24 --up
//   dotnet run --project samples/AttachWithoutPrivilege tap0 &
//   ping -c 3 192.168.0.2
//   kill -INT %1; sudo ./tunbridge delete tap0
using System.Runtime.InteropServices;
using Tunbridge.Devices;
using Tunbridge.Linux;
using Tunbridge.Packets;

if (args.Length is not (1 or 2))
{
    Console.Error.WriteLine("usage: AttachWithoutPrivilege CARD [NODE]   NODE is /dev/net/tun unless given");
    return 2;
}

using CancellationTokenSource stop = new();
using PosixSignalRegistration ctrlC =
    PosixSignalRegistration.Create(PosixSignal.SIGINT, s => { s.Cancel = true; stop.Cancel(); }); // Ctrl-C

try
{
    // Attach never creates a card and makes no privileged call; the card stays when the program ends.
    DeviceOptions options = args.Length == 2 ? new() { ClonePath = args[1] } : new();
    await using TapDevice tap = TapDevice.Attach(args[0], options);
    Console.WriteLine($"{Environment.UserName} is attached to {tap.Name}");
    await foreach (ReadOnlyMemory<byte> frame in tap.ReadAllAsync(stop.Token))
        Console.WriteLine(PacketText.Format(frame.Span, tap.Layer));
}
catch (OperationCanceledException)
{
    Console.WriteLine("detached");
}
catch (LinuxException e)
{
    Console.Error.WriteLine(e.Message); // says what was refused, why, and what mends it
    return 1;
}

return 0;
