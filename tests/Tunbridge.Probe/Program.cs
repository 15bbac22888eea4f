// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Devices;
using Tunbridge.Linux;

// Usage: probe create|attach tun|tap NAME CLONEPATH [STEP…]
// Prints one line for the opening and one for each step: "ok", or "ERRNO" and the message, with a tab between.
// The step `superpackets` writes some, `rows` has some sent and reads them; both tell what became of them. The step `hold` prints "holding" and keeps the card until standard input ends.
// Or: probe core-dumps, which turns them off and prints what the kernel then says.
if (args is ["core-dumps"])
{
    Console.Write(CoreDumps.AreOn);
    CoreDumps.TurnOff();
    Console.Write($" {CoreDumps.AreOn} {File.ReadLines("/proc/self/limits").First(l => l.StartsWith("Max core", StringComparison.Ordinal))}");
    return 0;
}

string action = args[0], kind = args[1], name = args[2], node = args[3];
string[] steps = args[4..];
DeviceOptions options = new()
{
    Name = name,
    ClonePath = node,
    Persistent = steps.Contains("persistent") ? true : null,
    MultiQueue = steps.Contains("multi-queue"),
    Napi = steps.Contains("napi-frags"),
    NapiFragments = steps.Contains("napi-frags"),
    VirtioHeader = steps.Contains("offload") || steps.Contains("superpackets"),
};
VirtualDevice? device = null;
Report(() => device = (action, kind) switch
{
    ("create", "tap") => TapDevice.Create(options),
    ("create", _) => TunDevice.Create(options),
    (_, "tap") => TapDevice.Attach(name, options),
    _ => TunDevice.Attach(name, options),
});
if (device is null)
    return 1;
foreach (string step in steps)
{
    switch (step)
    {
        case "persist-off": Report(() => device.SetPersistent(false)); break;
        case "offload": Report(() => device.SetOffload(Offload.Tcp)); break;
        case "up": Report(() => device.Configure(link => link.Up())); break;
        case "rows": Rows.Read(device); break;
        case "superpackets": Superpackets.Write(device); break;
        case "carrier-off": Report(() => device.SetCarrier(false)); break;
        case "namespace": Report(() => device.GetNamespace().Dispose()); break;
        case "hold":
            Console.WriteLine("holding");
            Console.In.ReadToEnd();
            break;
    }
}

device.Dispose();
return 0;

static void Report(Action step)
{
    try
    {
        step();
        Console.WriteLine("ok");
    }
    catch (LinuxException e)
    {
        Console.WriteLine($"{e.Errno}\t{e.Message}");
    }
}
