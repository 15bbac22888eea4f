// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Bench;

/// <summary>One reader of the queue, and what it reached.</summary>
internal sealed class QueueSide(string name, params string[] reader)
{
    internal string Name { get; } = name;

    /// <summary>The program that reads, with its first arguments.</summary>
    internal string[] Reader { get; } = reader;

    /// <summary>Arguments after the common ones.</summary>
    internal string[] Options { get; init; } = [];

    /// <summary>By the clock on the wall: says something on a quiet machine only.</summary>
    internal Series PerSecond { get; } = new(name, "Mpps");

    /// <summary>By the time a processor worked for the reader: holds on a busy machine, too.</summary>
    internal Series PerProcessorSecond { get; } = new(name + ", CPU", "Mpps");

    /// <summary>
    /// In the fastest 256 packets of each run: the cost of reading alone, whatever else the machine does.
    /// </summary>
    internal Series AtBest { get; } = new(name + ", best", "Mpps");
}
