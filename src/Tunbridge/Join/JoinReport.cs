// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Tunbridge.Devices;
using Tunbridge.Output;

namespace Tunbridge.Join;

/// <summary>The counters of a join, as it goes on and at its end.</summary>
internal sealed class JoinReport
{
    private readonly JoinRequest _request;
    private readonly Forwarder _forwarder;
    private readonly PacketTap? _tap;
    private readonly TextWriter _output;
    private readonly bool _isPipe;
    private readonly long _start = Stopwatch.GetTimestamp();
    private TimeSpan _last;
    private ForwardingCounters _forthBefore = new();
    private ForwardingCounters _backBefore = new();

    internal JoinReport(JoinRequest request, Forwarder forwarder, PacketTap? tap)
    {
        _request = request;
        _forwarder = forwarder;
        _tap = tap;
        _output = StandardOutput.OpenText(out _isPipe);
    }

    /// <returns>Whether somebody reads it.</returns>
    internal bool TryWriteInterval() => TryWrite(WriteInterval);

    /// <returns>Whether somebody reads it.</returns>
    internal bool TryWriteEnd() => TryWrite(WriteEnd);

    private bool TryWrite(Action write)
    {
        try
        {
            write();
            return true;
        }
        catch (IOException) when (_isPipe)
        {
            // The program at the other end of the pipe has seen enough, as `head` does.
            return false;
        }
    }

    private void WriteInterval()
    {
        TimeSpan now = Stopwatch.GetElapsedTime(_start);
        ForwardingCounters forth = _forwarder.FirstToSecond, back = _forwarder.SecondToFirst;
        if (_request.Json)
        {
            JsonOutput.WriteLine(_output, json => Write(json, isFinal: false));
        }
        else
        {
            double seconds = (now - _last).TotalSeconds;
            _output.WriteLine(
                $"{DateTimeOffset.Now:HH:mm:ss}  {Rate(_request.First, _request.Second, forth, _forthBefore, seconds)}  " +
                $"{Rate(_request.Second, _request.First, back, _backBefore, seconds)}");
        }

        _output.Flush();
        (_last, _forthBefore, _backBefore) = (now, forth, back);
    }

    private void WriteEnd()
    {
        if (_tap is not null)
            Console.Error.WriteLine($"{_tap.Written} packets captured, {_tap.Dropped} lost");
        if (_request.Json && _request.Interval is not null)
            JsonOutput.WriteLine(_output, json => Write(json, isFinal: true));
        else if (_request.Json)
            JsonOutput.Write(_output, json => Write(json, isFinal: true));
        else
            WriteTable();
        _output.Flush();
    }

    private void WriteTable()
    {
        TextTable table = new("FROM", "TO", "PACKETS", "BYTES", "DROPPED");
        Add(_request.First, _request.Second, _forwarder.FirstToSecond);
        Add(_request.Second, _request.First, _forwarder.SecondToFirst);
        table.Write(_output);

        void Add(string from, string to, ForwardingCounters counters) => table.Add(
            from, to, $"{counters.Packets}", $"{counters.Bytes}", DroppedText(counters));
    }

    private void Write(Utf8JsonWriter json, bool isFinal)
    {
        json.WriteBoolean("final", isFinal);
        json.WriteNumber("seconds", Math.Round(Stopwatch.GetElapsedTime(_start).TotalSeconds, 3));
        json.WriteStartArray("directions");
        Write(json, _request.First, _request.Second, _forwarder.FirstToSecond);
        Write(json, _request.Second, _request.First, _forwarder.SecondToFirst);
        json.WriteEndArray();
        if (_tap is null)
            return;
        json.WriteStartObject("capture");
        json.WriteString("file", _request.CaptureFile);
        json.WriteNumber("packets", _tap.Written);
        json.WriteNumber("lost", _tap.Dropped);
        json.WriteString("error", _tap.Error?.Message);
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
