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
            TextWriter output = Output.StandardOutput.OpenText(out bool isPipe);
            bool isListening = false;
            while (events.ReadLine() is string line)
            {
                // Before anything happens, the service may say why it does not listen.
                if (!isListening)
                    CheckAnswer(line, events);
                isListening = true;
                try
                {
                    output.WriteLine(parsed.GetValue(json) ? line : Text(line));
                    output.Flush();
                }
                catch (IOException) when (isPipe)
                {
                    // Its reader has seen enough.
                    return ExitCode.Done;
                }
            }

            return isListening ? ExitCode.Done : throw new RefusedException("the service ended the conversation at once");
        });
        return command.WithExamples(
            ("tunbridge monitor", "what `tunbridge serve` says, with the time"),
            ("tunbridge monitor --json", "each change behind the service's back, with the declared and the found value"));
    }

    private static void CheckAnswer(string line, StreamReader rest)
    {
        string answer = line;
        // An answer is a document of several lines, an event is one.
        if (line == "{")
            answer += rest.ReadToEnd();
        try
        {
            using JsonDocument document = JsonDocument.Parse(answer);
            if (document.RootElement.TryGetProperty("error", out JsonElement error))
                throw new RefusedException($"the service does not listen: {error.GetString()}");
        }
        catch (JsonException)
        {
            throw new RefusedException($"the service answers something else: {Output.Terminal.OneLine(answer)}");
        }
    }

    private static string Text(string line)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        JsonElement happened = document.RootElement;
        DateTimeOffset time = happened.GetProperty("time").GetDateTimeOffset().ToLocalTime();
        return $"{time:HH:mm:ss.fff}  {happened.GetProperty("message").GetString()}";
    }
}
