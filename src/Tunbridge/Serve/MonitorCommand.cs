// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Text.Json;
using Tunbridge.Commands;
using FileOptions = Tunbridge.Commands.FileOptions;

namespace Tunbridge.Serve;

/// <summary>tunbridge monitor: what the service does and sees, as it happens.</summary>
internal static class MonitorCommand
{
    internal static Command Create()
    {
        FileOptions file = new();
        Option<bool> json = new("--json") { Description = "Print one JSON document on each line instead of text" };
        Command command = new("monitor", "Print what happens to the service's cards, as it happens, until it stops or Ctrl-C");
        file.AddFileTo(command);
        command.Add(json);
        command.SetAction(parsed =>
        {
            using StreamReader events = ControlClient.Open(file.Load(parsed).Instance, ControlSocket.MonitorRequest);
            while (events.ReadLine() is string line)
            {
                Console.Out.WriteLine(parsed.GetValue(json) ? line : Text(line));
                Console.Out.Flush();
            }

            return ExitCode.Done;
        });
        return command.WithExamples(
            ("tunbridge monitor", "what `tunbridge serve` says, with the time"),
            ("tunbridge monitor --json", "each change behind the service's back, with the declared and the found value"));
    }

    private static string Text(string line)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        JsonElement happened = document.RootElement;
        DateTimeOffset time = happened.GetProperty("time").GetDateTimeOffset().ToLocalTime();
        return $"{time:HH:mm:ss.fff}  {happened.GetProperty("message").GetString()}";
    }
}
