// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;
using Tunbridge.Linux;

namespace Tunbridge.Changes;

public sealed partial class ChangeJournal
{
    private const string LockEnding = ".lock";
    private const string ProbePrefix = ".probe-";

    /// <summary>Removes what no run needs any more: a journal of another boot speaks of a kernel that is gone.</summary>
    private static void RemoveLeftOvers(string path)
    {
        string boot = BootId();
        foreach (string file in Directory.EnumerateFiles(Path.GetDirectoryName(path)!))
        {
            string name = Path.GetFileName(file);
            bool isOld = Path.GetExtension(name) is ".journal" or ".rules" or ".pending" or LockEnding or ".new" or ".trial" or ".steps" or ".try"
                or ".dns" or ".dhcp" or ".leases" or TunnelRecord.Ending && !name.StartsWith(boot, StringComparison.Ordinal);
            if (isOld || IsOfDeadProcess(name))
                File.Delete(file);
        }
    }

    /// <summary>What is there for a moment only, but for a kill: a trial of writing, a socket that has not its name yet.</summary>
    private static bool IsOfDeadProcess(string name)
    {
        string id = name.StartsWith(ProbePrefix, StringComparison.Ordinal) ? name[ProbePrefix.Length..]
            : name.StartsWith('.') && name.EndsWith(".sock", StringComparison.Ordinal) ? name[1..^5] : "";
        return int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out int process) && ProcessHandle.FindStart(process) is null;
    }

    private Dictionary<string, List<string>> ReadOrRemove(string path)
    {
        try
        {
            return ReadRules(path);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Told once: written anew, it is whole again.
            _damages.Add($"{path} is damaged, and what it remembered of rules, routes or hooks is forgotten: {e.Message}");
            File.Delete(path);
            return [];
        }
    }

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
    internal static void Write(string path, Action<Utf8JsonWriter> body)
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
