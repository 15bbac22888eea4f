// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;

namespace Tunbridge.Changes;

public sealed partial class ChangeJournal
{
    private static Dictionary<string, List<string>> ReadRules(string path)
    {
        Dictionary<string, List<string>> rules = [];
        if (!File.Exists(path))
            return rules;
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
        foreach (JsonProperty property in document.RootElement.EnumerateObject())
        {
            if (property.Value.ValueKind == JsonValueKind.Array)
                rules[property.Name] = [.. property.Value.EnumerateArray().Select(e => e.GetString() ?? "")];
        }

        return rules;
    }

    // Written beside and renamed: a reader finds the old one or the new one, never half of it.
    private static void Write(string path, Action<Utf8JsonWriter> body)
    {
        string fresh = path + ".new";
        using (FileStream file = Create(fresh, FileMode.Create))
        using (Utf8JsonWriter json = new(file))
        {
            json.WriteStartObject();
            body(json);
            json.WriteEndObject();
        }

        File.Move(fresh, path, overwrite: true);
    }

    private static FileStream Create(string path, FileMode mode)
    {
        if (!OperatingSystem.IsLinux())
            throw new PlatformNotSupportedException("Tunbridge runs on Linux.");
        return new(path, new FileStreamOptions
        {
            Mode = mode,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
    }
}
