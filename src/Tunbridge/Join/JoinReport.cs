// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Tunbridge.Devices;
using Tunbridge.Output;

namespace Tunbridge.Join;

/// <summary>The counters of a join, as it goes on and at its end.</summary>
internal sealed class JoinReport(JoinRequest request, Forwarder forwarder, PacketTap? tap)
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private TimeSpan _last;
    private ForwardingCounters _forthBefore = new();
    private ForwardingCounters _backBefore = new();

    internal void WriteInterval()
    {
        TimeSpan now = Stopwatch.GetElapsedTime(_start);
        ForwardingCounters forth = forwarder.FirstToSecond, back = forwarder.SecondToFirst;
        if (request.Json)
        {
            JsonOutput.WriteLine(Console.Out, json => Write(json, isFinal: false));
        }
        else
        {
            double seconds = (now - _last).TotalSeconds;
            Console.Out.WriteLine(
                $"{DateTimeOffset.Now:HH:mm:ss}  {Rate(request.First, request.Second, forth, _forthBefore, seconds)}  " +
                $"{Rate(request.Second, request.First, back, _backBefore, seconds)}");
        }

        Console.Out.Flush();
        (_last, _forthBefore, _backBefore) = (now, forth, back);
    }

    internal void WriteEnd()
    {
        if (request.Json && request.Interval is not null)
            JsonOutput.WriteLine(Console.Out, json => Write(json, isFinal: true));
        else if (request.Json)
            JsonOutput.Write(Console.Out, json => Write(json, isFinal: true));
        else
            WriteTable();
        if (tap is null)
            return;
        Console.Error.WriteLine($"{tap.Written} packets captured, {tap.Dropped} lost");
        if (tap.Error is Exception error)
            Console.Error.WriteLine(Terminal.OneLine($"tunbridge: {request.CaptureFile} ends early: {error.Message}"));
    }

    private void WriteTable()
    {
        TextTable table = new("FROM", "TO", "PACKETS", "BYTES", "DROPPED");
        Add(request.First, request.Second, forwarder.FirstToSecond);
        Add(request.Second, request.First, forwarder.SecondToFirst);
        table.Write(Console.Out);

        void Add(string from, string to, ForwardingCounters counters) => table.Add(
            from, to, $"{counters.Packets}", $"{counters.Bytes}", DroppedText(counters));
    }

    private void Write(Utf8JsonWriter json, bool isFinal)
    {
        json.WriteBoolean("final", isFinal);
        json.WriteNumber("seconds", Math.Round(Stopwatch.GetElapsedTime(_start).TotalSeconds, 3));
        json.WriteStartArray("directions");
        Write(json, request.First, request.Second, forwarder.FirstToSecond);
        Write(json, request.Second, request.First, forwarder.SecondToFirst);
        json.WriteEndArray();
        if (tap is null)
            return;
        json.WriteStartObject("capture");
        json.WriteString("file", request.CaptureFile);
        json.WriteNumber("packets", tap.Written);
        json.WriteNumber("lost", tap.Dropped);
        json.WriteString("error", tap.Error?.Message);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string from, string to, ForwardingCounters counters)
    {
        json.WriteStartObject();
        json.WriteString("from", from);
        json.WriteString("to", to);
        json.WriteNumber("packets", counters.Packets);
        json.WriteNumber("bytes", counters.Bytes);
        json.WriteNumber("superpackets", counters.Superpackets);
        json.WriteStartObject("dropped");
        foreach ((string reason, long count) in Drops(counters))
            json.WriteNumber(reason, count);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static string DroppedText(ForwardingCounters counters)
    {
        string reasons = string.Join(", ", Drops(counters).Where(d => d.Count > 0).Select(d => $"{d.Reason} {d.Count}"));
        return reasons.Length == 0 ? $"{counters.Dropped}" : $"{counters.Dropped} ({reasons})";
    }

    private static (string Reason, long Count)[] Drops(ForwardingCounters counters) =>
    [
        ("tooBig", counters.TooBig),
        ("linkDown", counters.LinkDown),
        ("queueFull", counters.QueueFull),
        ("gone", counters.Gone),
        ("malformed", counters.Malformed),
        ("refused", counters.Refused),
    ];

    private static string Rate(
        string from, string to, ForwardingCounters now, ForwardingCounters before, double seconds) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{from} > {to} {(now.Bytes - before.Bytes) * 8 / seconds / 1e6:0.0} Mbit/s {(now.Packets - before.Packets) / seconds:0} packets/s {now.Dropped - before.Dropped} dropped");
}
