// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;

namespace Tunbridge.Changes;

/// <summary>What a run is about to do, as far as the next run must know it.</summary>
internal sealed record JournalEntry
{
    internal required string Instance { get; init; }

    internal int ProcessId { get; init; } = Environment.ProcessId;

    /// <summary>The steps in words, for people.</summary>
    internal IReadOnlyList<string> Steps { get; init; } = [];

    /// <summary>Bridges that are made now and not marked yet.</summary>
    internal IReadOnlyList<string> Bridges { get; init; } = [];

    /// <summary>The link group that cards are put into to be deleted together.</summary>
    internal uint Group { get; init; }

    /// <summary>The group that each of them had.</summary>
    internal IReadOnlyDictionary<int, uint> GroupsBefore { get; init; } = new Dictionary<int, uint>();

    /// <summary>The steps in one line.</summary>
    internal string What => Steps.Count switch
    {
        0 => "a change",
        1 => Steps[0],
        _ => $"{Steps[0]}, and {Steps.Count - 1} more steps",
    };

    internal void Write(Utf8JsonWriter json)
    {
        json.WriteNumber("version", 1);
        json.WriteString("instance", Instance);
        json.WriteNumber("process", ProcessId);
        WriteList(json, "steps", Steps);
        WriteList(json, "bridges", Bridges);
        json.WriteNumber("group", Group);
        json.WriteStartObject("groups-before");
        foreach ((int index, uint before) in GroupsBefore)
            json.WriteNumber(index.ToString(CultureInfo.InvariantCulture), before);
        json.WriteEndObject();
    }

    /// <summary>Reads a journal; null when there is none, or it is damaged, which only a hand of root's can do.</summary>
    internal static JournalEntry? TryRead(string path)
    {
        if (!File.Exists(path))
            return null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            JsonElement root = document.RootElement;
            return new()
            {
                Instance = root.GetProperty("instance").GetString() ?? "",
                ProcessId = root.GetProperty("process").GetInt32(),
                Steps = ReadList(root.GetProperty("steps")),
                Bridges = ReadList(root.GetProperty("bridges")),
                Group = root.GetProperty("group").GetUInt32(),
                GroupsBefore = root.GetProperty("groups-before").EnumerateObject().ToDictionary(
                    p => int.Parse(p.Name, CultureInfo.InvariantCulture), p => p.Value.GetUInt32()),
            };
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return new() { Instance = "?", Steps = [$"something unknown ({path} is damaged: {e.Message})"] };
        }
    }

    private static void WriteList(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
    }

    private static List<string> ReadList(JsonElement element) => [.. element.EnumerateArray().Select(e => e.GetString() ?? "")];
}
