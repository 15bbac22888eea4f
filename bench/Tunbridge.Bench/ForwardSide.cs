// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Devices;
using Tunbridge.Linux;

namespace Tunbridge.Bench;

/// <summary>One way from one namespace to the other, and what a TCP stream reached on it.</summary>
internal sealed class ForwardSide(string name, string address, params string[] program)
{
    internal string Name { get; } = name;

    /// <summary>The address of the far end, which chooses the way.</summary>
    internal string Address { get; } = address;

    /// <summary>The program that joins the cards, with its first arguments; none for veth.</summary>
    internal string[] Program { get; } = program;

    internal Series GigabitsPerSecond { get; } = new(name, "Gbit/s");

    /// <summary>Of sender, receiver and forwarder together.</summary>
    internal Series SecondsPerGibibyte { get; } = new(name + ", CPU", "s/GiB");

    internal Series ForwarderSecondsPerGibibyte { get; } = new(name + ", CPU of the forwarder", "s/GiB");

    internal Series Retransmissions { get; } = new(name + ", sent again", "segments");

    /// <summary>The body of the process that bench/run measures: joins two cards until it is killed.</summary>
    internal static int Run(string mode, string firstSpace, string firstCard, string secondSpace, string secondCard)
    {
        using NetworkNamespace one = NetworkNamespace.OpenByPath(firstSpace), other = NetworkNamespace.OpenByPath(secondSpace);
        using VirtualDevice first = TunDevice.Attach(firstCard, new() { Namespace = one, Offload = Offload.All });
        using VirtualDevice second = TunDevice.Attach(secondCard, new() { Namespace = other, Offload = Offload.All });
        using Forwarder forwarder = new(first, second, new()
        {
            Mode = mode == "segmented" ? ForwardingMode.Segmented : ForwardingMode.Whole,
        });
        Console.WriteLine("ready");
        forwarder.Run(CancellationToken.None);
        return 0;
    }
}
