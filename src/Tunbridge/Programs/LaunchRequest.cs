// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Changes;
using System.Text;
using System.Text.Json;

namespace Tunbridge.Programs;

/// <summary>What <see cref="Launcher"/> is to become; it travels over a pipe, so that no list of processes shows it.</summary>
internal sealed record LaunchRequest
{
    /// <summary>The program and its arguments.</summary>
    internal required IReadOnlyList<string> Command { get; init; }

    /// <summary>All of its environment.</summary>
    internal required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>Who runs it; null for who runs Tunbridge.</summary>
    internal uint? User { get; init; }

    /// <summary>The process with which it ends; 0 for one that stays.</summary>
    internal int Parent { get; init; }

    /// <summary>Without whom a program that stays does not begin, and leaves no record: the process that started it.</summary>
    internal int Starter { get; init; }

    /// <summary>A file that gets <see cref="Note"/> with the process's number and start; null for none.</summary>
    internal string? Record { get; init; }

    /// <summary>What the record says beside them.</summary>
    internal IReadOnlyDictionary<string, string> Note { get; init; } = new Dictionary<string, string>();

    internal byte[] Encode()
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            json.WriteStartObject();
            json.WriteStartArray("command");
            foreach (string word in Command)
                json.WriteStringValue(word);
            json.WriteEndArray();
            Write(json, "environment", Environment);
            if (User is uint user)
                json.WriteNumber("user", user);
            json.WriteNumber("parent", Parent);
            json.WriteNumber("starter", Starter);
            json.WriteString("record", Record);
            Write(json, "note", Note);
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    internal static LaunchRequest Decode(Stream stream)
    {
        using JsonDocument document = JsonDocument.Parse(stream);
        JsonElement root = document.RootElement;
        return new()
        {
            Command = [.. root.GetProperty("command").EnumerateArray().Select(e => e.GetString()!)],
            Environment = Read(root.GetProperty("environment")),
            User = root.TryGetProperty("user", out JsonElement user) ? user.GetUInt32() : null,
            Parent = root.GetProperty("parent").GetInt32(),
            Starter = root.GetProperty("starter").GetInt32(),
            Record = root.GetProperty("record").GetString(),
            Note = Read(root.GetProperty("note")),
        };
    }

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, string> values)
    {
        json.WriteStartObject(name);
        foreach ((string key, string value) in values)
            json.WriteString(key, value);
        json.WriteEndObject();
    }

    private static Dictionary<string, string> Read(JsonElement element) =>
        element.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString() ?? "");

    /// <summary>The command as a person would type it.</summary>
    internal static string Show(IEnumerable<string> command) => Output.Terminal.OneLine(SystemTool.Show(command));
}
