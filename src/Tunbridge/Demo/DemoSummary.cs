// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Output;

namespace Tunbridge.Demo;

/// <summary>What the demonstration found.</summary>
internal sealed class DemoSummary
{
    internal required string Card { get; init; }

    internal required IReadOnlyList<RoundTrips> Pings { get; init; }

    internal required UdpEchoRun Udp { get; init; }

    /// <summary>Packets that the program read from the card.</summary>
    internal required long Received { get; init; }

    /// <summary>Packets that the program wrote to the card.</summary>
    internal required long Sent { get; init; }

    internal required string File { get; init; }

    /// <summary>Whether every ping was answered and UDP came back.</summary>
    internal bool IsWhole => Pings.All(p => p.Answered == p.Sent) && Udp.Returned > 0;

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
        output.WriteLine(IsWhole
            ? "The namespace and the card are gone; the host's own network was not touched."
            : "Something was not answered: `tunbridge doctor` may say why.");
    }

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
    });
}
