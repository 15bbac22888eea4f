// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Text.Json;
using Tunbridge.Configuration;
using Tunbridge.Output;
using Tunbridge.Serve;

namespace Tunbridge.Commands;

/// <summary>tunbridge status: each declared card beside what the kernel has.</summary>
internal static class StatusCommand
{
    internal static Command Create()
    {
        FileOptions file = new();
        Option<string?> netns = TargetNamespace.Option();
        Option<bool> json = RunOptions.Json();
        Option<bool> prometheus = new("--prometheus") { Description = "Print the metrics of the running service, in Prometheus' text format" };
        Command command = new("status", "Compare the file with the kernel: 0 all as declared, 3 nothing there, 1 otherwise");
        file.AddTo(command);
        command.Add(netns);
        command.Add(json);
        command.Add(prometheus);
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(prometheus))
            {
                if (parsed.GetValue(json) || parsed.GetValue(netns) is not null)
                    throw new UsageException("--prometheus is the service's own text: it goes with neither --json nor --netns");
                Console.Out.Write(ControlClient.Ask(file.Load(parsed).Instance, ControlSocket.MetricsRequest));
                return ExitCode.Done;
            }

            using FileWork work = new(file.Load(parsed), file.Plan(parsed), parsed.GetValue(netns), Planner.Up);
            StatusReport report = work.Status();
            IReadOnlyList<TunnelStatus> tunnels = file.NamesCards(parsed) ? [] : TunnelReports.Ask(work.Desired);
            if (parsed.GetValue(json))
                JsonOutput.Write(Console.Out, writer => Write(writer, work.Desired, report, tunnels));
            else
                Write(Console.Out, report, tunnels);
            return Judge(report, tunnels);
        });
        return command.WithExamples(
            ("tunbridge status", "is everything as declared?"),
            ("tunbridge status -f lab.yaml --json", "for monitoring"),
            ("tunbridge status --prometheus", "what `tunbridge serve` counts"));
    }

    private static int Judge(StatusReport report, IReadOnlyList<TunnelStatus> tunnels) =>
        tunnels.Count == 0 ? report.ExitCode
        : report.ExitCode == ExitCode.Done && tunnels.All(t => t.IsAsDeclared) ? ExitCode.Done
        : report.Devices.All(d => d.Condition == DeviceCondition.Missing) && tunnels.All(t => t.IsMissing) ? ExitCode.NothingThere
        : ExitCode.Failed;

    private static void Write(TextWriter output, StatusReport report, IReadOnlyList<TunnelStatus> tunnels)
    {
        foreach (DeviceStatus device in report.Devices)
        {
            (string word, Colour colour) = device.Condition switch
            {
                DeviceCondition.Matching => ("as declared", Colour.Green),
                DeviceCondition.Different => ("different", Colour.Yellow),
                DeviceCondition.Missing => ("missing", Colour.Red),
                DeviceCondition.Foreign => ("another program's card", Colour.Red),
                DeviceCondition.Undeclared => ("no longer declared", Colour.Yellow),
                _ => ("unknown", Colour.Red),
            };
            string note = device.Note.Length == 0 ? "" : $" ({device.Note})";
            output.WriteLine($"{device.Name}  {Terminal.Paint(word, colour)}{note}");
            foreach (StatusDifference difference in device.Differences)
                output.WriteLine($"    {difference}");
        }

        foreach (TunnelStatus tunnel in tunnels)
        {
            Colour colour = tunnel.Condition switch { "up" => Colour.Green, "disabled" => Colour.Grey, "starting" or "waiting" => Colour.Yellow, _ => Colour.Red };
            output.WriteLine($"{tunnel.Name}  {Terminal.Paint(tunnel.Condition, colour)}{tunnel.Describe()}");
        }
    }

    internal static void Write(Utf8JsonWriter json, DesiredState desired, StatusReport report, IReadOnlyList<TunnelStatus> tunnels)
    {
        json.WriteString("file", desired.Path);
        json.WriteString("instance", desired.Instance);
        json.WriteStartArray("devices");
        foreach (DeviceStatus device in report.Devices)
        {
            json.WriteStartObject();
            json.WriteString("name", device.Name);
            json.WriteString("status", JsonNamingPolicy.KebabCaseLower.ConvertName(device.Condition.ToString()));
            json.WriteString("note", device.Note.Length == 0 ? null : device.Note);
            json.WriteStartArray("differences");
            foreach (StatusDifference difference in device.Differences)
            {
                json.WriteStartObject();
                json.WriteString("key", difference.Key);
                json.WriteString("declared", difference.Declared);
                json.WriteString("found", difference.Found);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        TunnelReports.Write(json, tunnels);
    }
}
