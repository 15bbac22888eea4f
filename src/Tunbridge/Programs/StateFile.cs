// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Tunbridge.Changes;
using Tunbridge.Output;

namespace Tunbridge.Programs;

/// <summary>What was told to or started by programs for a card, in small files beside the journal of its namespace.</summary>
internal static class StateFile
{
    /// <summary>The file of a card, in the calling thread's namespace.</summary>
    internal static string PathOf(string card, string ending) => $"{ChangeJournal.FindPath()}-{card}{ending}";

    /// <summary>
    /// All files of an ending in the calling thread's namespace that are an instance's. A damaged one, which only a hand can
    /// have made so, is told and removed: what it told of nobody knows.
    /// </summary>
    internal static IEnumerable<StateRecord> List(string instance, string ending)
    {
        // A look makes no directory.
        if (StateDirectory.Find() is null)
            yield break;
        string start = ChangeJournal.FindPath();
        foreach (string path in Directory.EnumerateFiles(Path.GetDirectoryName(start)!, $"{Path.GetFileName(start)}-*{ending}").Order(StringComparer.Ordinal))
        {
            if (TryRead(path) is not { } fields)
            {
                if (File.Exists(path))
                    Discard(path);
            }
            else if (fields.GetValueOrDefault("instance") == instance && fields.ContainsKey("card"))
            {
                yield return new() { Path = path, Fields = fields };
            }
        }
    }

    /// <summary>Reads a file of texts by name; null when it is gone, or not ours to read.</summary>
    internal static IReadOnlyDictionary<string, string>? TryRead(string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            return document.RootElement.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString() ?? "");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static void Discard(string path)
    {
        try
        {
            File.Delete(path);
            Terminal.Warn($"note: {path} is damaged, and what it remembered of a program is forgotten");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another user's look; whoever may write there tells it.
            return;
        }
    }

    /// <summary>Writes one, in one piece.</summary>
    internal static void Write(string path, IReadOnlyDictionary<string, string> fields)
    {
        using (FileStream file = new(path + ".new", FileMode.Create))
        using (Utf8JsonWriter json = new(file))
        {
            json.WriteStartObject();
            foreach ((string key, string value) in fields)
                json.WriteString(key, value);
            json.WriteEndObject();
        }

        File.Move(path + ".new", path, overwrite: true);
    }
}
