// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text;
using Tunbridge.Changes;
using Tunbridge.Hosting.OpenVpn;
using Tunbridge.Linux;
using Tunbridge.Tunnels;

namespace Tunbridge.DropIns.Openvpn;

/// <summary>Asks a person at the terminal, without echo where it is a secret, else through systemd's agents; remembers a key's passphrase, and what it must hand over.</summary>
internal sealed class SecretPrompts
{
    private const string Passphrase = "Enter Private Key Password";
    private const int LongestAnswer = 4096;

    private readonly Dictionary<string, string> _answers;

    internal SecretPrompts(Dictionary<string, string> answers) => _answers = answers;

    /// <summary>What was answered so far, by the question, when it is to be handed over.</summary>
    internal Dictionary<string, string> Answers => _answers;

    /// <summary>Answers are kept for the program that this process becomes.</summary>
    internal bool Keeps { get; set; }

    internal async Task<SecretBytes?> AskAsync(SecretQuestion question, CancellationToken cancellationToken)
    {
        if (_answers.TryGetValue(question.Text, out string? known))
        {
            // The passphrase stays right; what a server refused is asked for again.
            if (question.Text != Passphrase && !Keeps)
                _answers.Remove(question.Text);
            return Encode(known);
        }

        string? answer = await Task.Run(() => AskTerminal(question), cancellationToken).ConfigureAwait(false) ??
            await AskAgentAsync(question, cancellationToken).ConfigureAwait(false);
        if (answer is null)
            return null;
        if (Keeps || question.Text == Passphrase)
            _answers[question.Text] = answer;
        return Encode(answer);
    }

    private static SecretBytes Encode(string answer)
    {
        SecretBytes bytes = new(Encoding.UTF8.GetByteCount(answer));
        Encoding.UTF8.GetBytes(answer, bytes.Span);
        return bytes;
    }

    private static string? AskTerminal(SecretQuestion question)
    {
        using SecretBytes room = new(LongestAnswer);
        return TerminalQuestion.Ask(question.Text, question.Echoes, room.Span) is int length ? Encoding.UTF8.GetString(room.Span[..length]) : null;
    }

    // The agents of a desktop or of the console at boot; nobody where there is no systemd.
    private static async Task<string?> AskAgentAsync(SecretQuestion question, CancellationToken cancellationToken)
    {
        if (!Directory.Exists("/run/systemd/system") || SystemTool.Find("systemd-ask-password") is not { } path)
            return null;
        ProcessStartInfo start = new(path) { RedirectStandardOutput = true };
        start.ArgumentList.Add("--no-tty");
        if (question.Echoes)
            start.ArgumentList.Add("--echo");
        start.ArgumentList.Add($"{question.Text}:");
        using Process process = Process.Start(start) ?? throw new IOException($"{path} did not start");
        try
        {
            string answer = await process.StandardOutput.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            return process.ExitCode == 0 ? answer.TrimEnd('\n') : null;
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
    }
}
