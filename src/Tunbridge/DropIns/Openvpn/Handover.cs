// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;
using Tunbridge.Linux;

namespace Tunbridge.DropIns.Openvpn;

/// <summary>What the process leaves to itself when it becomes its own program anew, as another user: open files, and what only root could read.</summary>
/// <remarks>It travels in a file that is only in memory, behind a descriptor that only the new program gets.</remarks>
internal sealed record Handover
{
    private const string Variable = "TUNBRIDGE_HANDOVER";

    /// <summary>Texts of files that the user cannot read, by the path as the configuration has it.</summary>
    internal Dictionary<string, string> Files { get; init; } = [];

    /// <summary>What people have answered, by the question.</summary>
    internal Dictionary<string, string> Answers { get; init; } = [];

    /// <summary>The open status file; −1 for none.</summary>
    internal int Status { get; init; } = -1;

    /// <summary>Where the process started, before any <c>cd</c>.</summary>
    internal required string Directory { get; init; }

    /// <summary>Lines for the log: what became of the user.</summary>
    internal IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Takes what was left; null at the first start.</summary>
    internal static Handover? Take()
    {
        string? text = Environment.GetEnvironmentVariable(Variable);
        if (text is null || !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            return null;
        // Scripts and children are not to look for it.
        Environment.SetEnvironmentVariable(Variable, null);
        using FileStream stream = new(new Microsoft.Win32.SafeHandles.SafeFileHandle(number, ownsHandle: true), FileAccess.Read);
        stream.Position = 0;
        using JsonDocument document = JsonDocument.Parse(stream);
        JsonElement root = document.RootElement;
        return new()
        {
            Files = Read(root.GetProperty("files")),
            Answers = Read(root.GetProperty("answers")),
            Status = root.GetProperty("status").GetInt32(),
            Directory = root.GetProperty("directory").GetString()!,
            Notes = [.. root.GetProperty("notes").EnumerateArray().Select(e => e.GetString()!)],
        };
    }

    /// <summary>Leaves it for the program that this process becomes next.</summary>
    /// <param name="variables">Gets the variable that tells of it.</param>
    /// <returns>The file; kept until the exec.</returns>
    internal FileDescriptor Leave(Dictionary<string, string> variables)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            json.WriteStartObject();
            Write(json, "files", Files);
            Write(json, "answers", Answers);
            json.WriteNumber("status", Status);
            json.WriteString("directory", Directory);
            json.WriteStartArray("notes");
            foreach (string note in Notes)
                json.WriteStringValue(note);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        FileDescriptor file = FileDescriptor.CreateInMemory("tunbridge-handover");
        ReadOnlySpan<byte> left = stream.GetBuffer().AsSpan(0, (int)stream.Length);
        while (left.Length > 0)
        {
            Errno errno = file.Write(left, out int count);
            if (errno != Errno.None)
                throw new IOException($"a file in memory: {LinuxException.Describe(errno)}");
            left = left[count..];
        }

        Array.Clear(stream.GetBuffer());
        file.SetPassedOn(true);
        variables[Variable] = file.Number.ToString(CultureInfo.InvariantCulture);
        return file;
    }

    private static void Write(Utf8JsonWriter json, string name, Dictionary<string, string> values)
    {
        json.WriteStartObject(name);
        foreach ((string key, string value) in values)
            json.WriteString(key, value);
        json.WriteEndObject();
    }

    private static Dictionary<string, string> Read(JsonElement element) =>
        element.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString() ?? "");
}
