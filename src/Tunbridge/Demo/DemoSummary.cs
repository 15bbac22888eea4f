// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Tunbridge.Output;

namespace Tunbridge.Demo;

/// <summary>What the demonstration found.</summary>
internal sealed record DemoSummary
{
    internal required string Card { get; init; }

    internal required IReadOnlyList<RoundTrips> Pings { get; init; }

    internal required UdpEchoRun Udp { get; init; }

    /// <summary>Packets that the program read from the card.</summary>
    internal required long Received { get; init; }

    /// <summary>Packets that the program wrote to the card.</summary>
    internal required long Sent { get; init; }

    internal required string File { get; init; }

    internal IReadOnlyList<TunnelRow> Tunnels { get; init; } = [];

    /// <summary>Whether every ping was answered, UDP came back, and every tunnel carried it all.</summary>
    internal bool IsWhole => Pings.All(p => p.Answered == p.Sent) && Udp.Returned > 0 && Tunnels.All(t => t.IsWhole);

    internal void Write(bool json)
    {
        if (json)
            WriteJson();
        else
            WriteText(Console.Out);
    }

    private void WriteText(TextWriter output)
    {
        output.WriteLine();
        foreach (RoundTrips p in Pings)
        {
            output.WriteLine(
                $"{p.Protocol,-8} {p.Answered} of {p.Sent} pings answered by {p.Target}, round trip " +
                $"{p.Minimum:0.000}/{p.Average:0.000}/{p.Maximum:0.000} ms (min/avg/max)");
        }

        double seconds = Udp.Elapsed.TotalSeconds;
        output.WriteLine(
            $"UDP      {Udp.Sent / seconds:#,0} packets/s to the program, {Udp.Returned / seconds:#,0} packets/s echoed back, " +
            $"for {seconds:0.0} s");
        output.WriteLine($"packets  {Received:#,0} read from {Card} by this program, {Sent:#,0} written to it");
        output.WriteLine($"capture  {File}  (read it: tcpdump -n -r {File})");
        WriteTunnels(output);
        output.WriteLine(IsWhole
            ? "The namespace and the card are gone; the host's own network was not touched."
            : "Something was not answered: `tunbridge doctor` may say why.");
    }

    private void WriteTunnels(TextWriter output)
    {
        if (Tunnels.Count == 0)
            return;
        output.WriteLine();
        TextTable table = new("server", "client", "connected", "round trip ms (min/avg/max)", "to server", "to client");
        foreach (TunnelRow t in Tunnels)
        {
            table.Add(
                t.Server, t.Client, t.Connected is { } time ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s") : "never",
                string.Create(CultureInfo.InvariantCulture, $"{t.Pings.Minimum:0.00}/{t.Pings.Average:0.00}/{t.Pings.Maximum:0.00}"),
                Megabits(t.ToServer), Megabits(t.ToClient));
        }

        table.Write(output);
        foreach (TunnelRow t in Tunnels.Where(t => t.Trouble.Length > 0))
            output.WriteLine($"{t.Server} – {t.Client}: {Terminal.OneLine(t.Trouble)}");
        output.WriteLine();
    }

    private static string Megabits(double bits) => string.Create(CultureInfo.InvariantCulture, $"{bits / 1e6:#,0} Mbit/s");

    private void WriteJson() => JsonOutput.Write(Console.Out, json =>
    {
        json.WriteString("card", Card);
        json.WriteStartArray("pings");
        foreach (RoundTrips p in Pings)
        {
            json.WriteStartObject();
            json.WriteString("protocol", p.Protocol);
            json.WriteString("target", p.Target);
            json.WriteNumber("sent", p.Sent);
            json.WriteNumber("answered", p.Answered);
            json.WriteNumber("minimumMilliseconds", p.Minimum);
            json.WriteNumber("averageMilliseconds", p.Average);
            json.WriteNumber("maximumMilliseconds", p.Maximum);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("udp");
        json.WriteNumber("seconds", Udp.Elapsed.TotalSeconds);
        json.WriteNumber("sent", Udp.Sent);
        json.WriteNumber("returned", Udp.Returned);
        json.WriteEndObject();
        json.WriteNumber("packetsRead", Received);
        json.WriteNumber("packetsWritten", Sent);
        json.WriteString("capture", File);
        json.WriteStartArray("tunnels");
        foreach (TunnelRow t in Tunnels)
        {
            json.WriteStartObject();
            json.WriteString("server", t.Server);
            json.WriteString("client", t.Client);
            if (t.Connected is { } time)
                json.WriteNumber("connectedSeconds", time.TotalSeconds);
            else
                json.WriteNull("connectedSeconds");
            json.WriteNumber("pingsSent", t.Pings.Sent);
            json.WriteNumber("pingsAnswered", t.Pings.Answered);
            json.WriteNumber("averageMilliseconds", t.Pings.Average);
            json.WriteNumber("bitsPerSecondToServer", t.ToServer);
            json.WriteNumber("bitsPerSecondToClient", t.ToClient);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });
}
