// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Text.Json;
using Tunbridge.Configuration;
using Tunbridge.Output;
using Tunbridge.Serve;

namespace Tunbridge.Commands;

/// <summary>tunbridge check: every mistake of the file at once, without looking at the kernel.</summary>
internal static class CheckCommand
{
    internal static Command Create()
    {
        FileOptions file = new();
        Option<bool> json = RunOptions.Json();
        Option<bool> schema = new("--schema") { Description = "Print the JSON Schema of the file instead, for editors" };
        Command command = new("check", "Tell every mistake in the file: 0 when there is none, 6 otherwise");
        file.AddFileTo(command);
        command.Add(schema);
        command.Add(json);
        command.SetAction(parsed =>
        {
            if (!parsed.GetValue(schema))
                return Run(file, parsed, parsed.GetValue(json));
            Console.Out.Write(ConfigurationSchema.ReadText());
            return ExitCode.Done;
        });
        return command.WithExamples(
            ("tunbridge check", "is /etc/tunbridge/tunbridge.yaml, with its tunbridge.d/*.yaml, right?"),
            ("tunbridge check -f lab.yaml --json", "for editors and pipelines"),
            ("tunbridge check --schema > tunbridge.schema.json", "for completion in an editor"));
    }

    private static int Run(FileOptions file, ParseResult parsed, bool json)
    {
        IReadOnlyList<Diagnostic> mistakes = [];
        List<Diagnostic> notes = [];
        DesiredState? desired = null;
        try
        {
            desired = file.Load(parsed);
            TunnelFile[] tunnels = [.. desired.Tunnels.Select(TunnelFile.Read)];
            mistakes = [.. tunnels.SelectMany(t => (Diagnostic[])[.. t.Mistakes, .. t.Missing])];
            notes = [.. FileNotes.Find(desired), .. tunnels.SelectMany(t => t.Notes)];
        }
        catch (ConfigurationException e)
        {
            mistakes = e.Diagnostics;
        }

        if (json)
            JsonOutput.Write(Console.Out, writer => Write(writer, desired, mistakes, notes));
        else
            Write(desired, mistakes, notes);
        return mistakes.Count == 0 ? ExitCode.Done : ExitCode.Configuration;
    }

    private static void Write(DesiredState? desired, IReadOnlyList<Diagnostic> mistakes, List<Diagnostic> notes)
    {
        foreach (Diagnostic mistake in mistakes)
            Console.Error.WriteLine(mistake);
        if (mistakes.Count > 0 || desired is null)
            return;
        foreach (Diagnostic note in notes)
            Console.Error.WriteLine($"note: {note}");
        int cards = desired.Devices.Count;
        string files = desired.Sources.Count > 1 ? $" and {desired.Sources.Count - 1} more" : "";
        int tunnels = desired.Tunnels.Count;
        string run = tunnels > 0 ? $", {tunnels} {(tunnels == 1 ? "tunnel" : "tunnels")}" : "";
        Console.Out.WriteLine($"{desired.Path}{files}: fine, {cards} {(cards == 1 ? "card" : "cards")}{run}");
    }

    private static void Write(Utf8JsonWriter json, DesiredState? desired, IReadOnlyList<Diagnostic> mistakes, List<Diagnostic> notes)
    {
        json.WriteBoolean("valid", mistakes.Count == 0);
        json.WriteStartArray("files");
        foreach (string source in desired?.Sources.Select(s => s.Path) ?? [])
            json.WriteStringValue(source);
        json.WriteEndArray();
        json.WriteStartArray("devices");
        foreach (DeviceDefinition device in desired?.Devices ?? [])
            json.WriteStringValue(device.Name);
        json.WriteEndArray();
        json.WriteStartArray("tunnels");
        foreach (TunnelDefinition tunnel in desired?.Tunnels ?? [])
            json.WriteStringValue(tunnel.Name);
        json.WriteEndArray();
        Write(json, "mistakes", mistakes);
        Write(json, "notes", mistakes.Count > 0 ? [] : notes);
    }

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyList<Diagnostic> diagnostics)
    {
        json.WriteStartArray(name);
        foreach (Diagnostic diagnostic in diagnostics)
        {
            json.WriteStartObject();
            json.WriteString("file", diagnostic.Path);
            json.WriteNumber("line", diagnostic.Line);
            json.WriteNumber("column", diagnostic.Column);
            json.WriteString("key", diagnostic.Key);
            json.WriteString("message", diagnostic.Message);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
