// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Bench;

/// <summary>
/// What bench/run starts in a namespace of its own: measures, prints, writes the JSON. Starts itself as <c>read</c>,
/// <c>flood</c> and <c>datagrams</c>, so that readers and senders are processes of their own as their C counterparts are.
/// </summary>
internal static class Program
{
    internal static int Main(string[] arguments)
    {
        try
        {
            return arguments switch
            {
                ["read", string way, string card, string packets, string seconds] => QueueReader.Run(way, card, packets, seconds),
                ["datagrams", "receive", string way, string seconds] => DatagramSide.Receive(way, seconds),
                ["datagrams", "send", string way, string seconds, string port, string size] =>
                    DatagramSide.Send(way, seconds, port, size),
                ["forward", string mode, string a, string cardA, string b, string cardB] =>
                    ForwardSide.Run(mode, a, cardA, b, cardB),
                ["flood", string address, string payload] => Flood.Run(address, payload),
                ["flood-singly", string address, string payload] => Flood.RunSingly(address, payload),
                _ => Measure(BenchOptions.Parse(arguments)),
            };
        }
        catch (BenchException e)
        {
            Console.Error.WriteLine($"bench: {e.Message}");
            return 1;
        }
    }

    private static int Measure(BenchOptions options)
    {
        Report report = new(options.Pairs);
        if (options.Wants("startup"))
            new StartupBench(options, report).Run();
        OffloadBench offload = new(options, report);
        if (options.Wants("checksum"))
            offload.RunChecksum();
        if (options.Wants("segment"))
            offload.RunSegment();
        if (options.Wants("coalesce"))
            offload.RunCoalesce();
        if (options.Wants("queue"))
            new QueueBench(options, report).Run();
        if (options.Wants("socket"))
            new SocketBench(options, report).Run();
        if (options.Wants("forward"))
            new ForwardBench(options, report).Run();
        if (options.Wants("cards"))
            new CardsBench(options, report).Run();
        if (options.Wants("service"))
            new ServiceBench(options, report).Run();
        if (options.Wants("crypto"))
            new CryptoBench(options, report).Run();
        if (options.Wants("tunnel"))
        {
            using TunnelBench tunnel = new(options, report);
            tunnel.Run();
        }

        report.PrintVerdict();
        if (options.Json is string path)
            report.WriteJson(path);
        return options.Check && !report.AllHold ? 1 : 0;
    }
}
