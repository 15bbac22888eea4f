// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Tunbridge.Configuration;
using Tunbridge.Configuration.Exchange;

namespace Tunbridge.Commands;

/// <summary>tunbridge export: the declared cards in another program's language.</summary>
internal static class ExportCommand
{
    internal static Command Create()
    {
        FileOptions file = new();
        Option<string> format = new("--as")
        {
            Description = "Whose language: networkd, ifupdown or iproute2",
            HelpName = "FORMAT",
            Required = true,
        };
        format.AcceptOnlyFromAmong("networkd", "ifupdown", "iproute2");
        Option<string?> output = new("--output", "-o")
        {
            Description = "Write the files into this directory instead of printing them",
            HelpName = "DIR",
        };
        Option<bool> force = new("--force") { Description = "With -o: replace files that differ" };
        Command command = new("export", "Print the declared cards for systemd-networkd, ifupdown or as ip commands");
        command.Add(format);
        file.AddTo(command);
        command.Add(output);
        command.Add(force);
        command.SetAction(parsed =>
        {
            DesiredState desired = file.Load(parsed);
            string[] wanted = [.. file.Plan(parsed).Devices];
            if (Array.Find(wanted, w => desired.Devices.All(d => d.Name != w)) is string unknown)
                throw new UsageException($"{desired.Path} declares no card '{unknown}'");
            ExportResult result = Exporter.Export(
                desired.Devices.Where(d => wanted.Length == 0 || wanted.Contains(d.Name)),
                parsed.GetRequiredValue(format) switch
                {
                    "networkd" => ExportFormat.Networkd,
                    "ifupdown" => ExportFormat.Ifupdown,
                    _ => ExportFormat.Iproute2,
                });
            foreach (Diagnostic note in result.Notes)
                Console.Error.WriteLine(note);
            if (parsed.GetValue(output) is string directory)
                Save(result.Files, directory, parsed.GetValue(force));
            else
                Print(result.Files);
            return ExitCode.Done;
        });
        return command.WithExamples(
            ("tunbridge export --as iproute2", "the ip commands that make the same cards"),
            ("tunbridge export --as networkd -o /etc/systemd/network", "files for systemd-networkd"));
    }

    /// <summary>All of them or none: what another hand has written there is not replaced unasked.</summary>
    private static void Save(IReadOnlyList<ExportedFile> files, string directory, bool force)
    {
        Directory.CreateDirectory(directory);
        List<ExportedFile> wanted = [];
        foreach (ExportedFile file in files)
        {
            string path = Path.Combine(directory, file.Name);
            bool isThere = File.Exists(path);
            if (isThere && File.ReadAllText(path) == file.Text)
                Console.Error.WriteLine($"unchanged: {path}");
            else if (isThere && !force)
                throw new RefusedException($"{path} exists and differs; nothing is written (--force replaces it)");
            else
                wanted.Add(file);
        }

        foreach (ExportedFile file in wanted)
        {
            string path = Path.Combine(directory, file.Name), draft = path + ".tunbridge-new";
            File.WriteAllText(draft, file.Text);
            // A reader finds the old one or the new one.
            File.Move(draft, path, overwrite: true);
            Console.Error.WriteLine($"written: {path}");
        }
    }

    private static void Print(IReadOnlyList<ExportedFile> files)
    {
        foreach (ExportedFile file in files)
        {
            // Several files on one output: each begins with its name.
            if (files.Count > 1)
                Console.Out.WriteLine($"# {file.Name}");
            Console.Out.Write(file.Text);
            if (files.Count > 1)
                Console.Out.WriteLine();
        }
    }
}
