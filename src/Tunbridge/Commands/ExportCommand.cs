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
        Command command = new("export", "Print the declared cards for systemd-networkd, ifupdown or as ip commands");
        command.Add(format);
        file.AddTo(command);
        command.Add(output);
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
            Write(result.Files, parsed.GetValue(output));
            return ExitCode.Done;
        });
        return command.WithExamples(
            ("tunbridge export --as iproute2", "the ip commands that make the same cards"),
            ("tunbridge export --as networkd -o /etc/systemd/network", "files for systemd-networkd"));
    }

    private static void Write(IReadOnlyList<ExportedFile> files, string? directory)
    {
        foreach (ExportedFile file in files)
        {
            if (directory is not null)
            {
                Directory.CreateDirectory(directory);
                File.WriteAllText(Path.Combine(directory, file.Name), file.Text);
                Console.Error.WriteLine($"written: {Path.Combine(directory, file.Name)}");
                continue;
            }

            // Several files on one output: each begins with its name.
            if (files.Count > 1)
                Console.Out.WriteLine($"# {file.Name}");
            Console.Out.Write(file.Text);
            if (files.Count > 1)
                Console.Out.WriteLine();
        }
    }
}
