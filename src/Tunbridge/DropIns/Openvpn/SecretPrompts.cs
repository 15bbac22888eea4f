// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Tunbridge.Changes;
using Tunbridge.Hosting.OpenVpn;
using Tunbridge.Linux;
using Tunbridge.Tunnels;

namespace Tunbridge.DropIns.Openvpn;

/// <summary>Asks a person at the terminal, without echo where it is a secret, else through systemd's agents; remembers a key's passphrase, and what it must hand over.</summary>
internal sealed class SecretPrompts : IDisposable
{
    private const string Passphrase = "Enter Private Key Password";
    private const int LongestAnswer = 4096;

    private readonly Dictionary<string, SecretBytes> _answers;

    internal SecretPrompts(Dictionary<string, SecretBytes> answers) => _answers = answers;

    /// <summary>What was answered so far, by the question, when it is to be handed over.</summary>
    internal Dictionary<string, SecretBytes> Answers => _answers;

    /// <summary>Answers are kept for the program that this process becomes.</summary>
    internal bool Keeps { get; set; }

    internal async Task<SecretBytes?> AskAsync(SecretQuestion question, CancellationToken cancellationToken)
    {
        // The passphrase stays right; what a server refused is asked for again.
        bool stays = Keeps || question.Text == Passphrase;
        if (!stays && _answers.Remove(question.Text, out SecretBytes? last))
            return last;
        if (_answers.TryGetValue(question.Text, out SecretBytes? known))
            return new SecretBytes(known.Span);

        SecretBytes? answer = await Task.Run(() => AskTerminal(question), cancellationToken).ConfigureAwait(false) ??
            await AskAgentAsync(question, cancellationToken).ConfigureAwait(false);
        if (answer is not null && stays)
            _answers[question.Text] = new SecretBytes(answer.Span);
        return answer;
    }

    /// <summary>Wipes the answers.</summary>
    public void Dispose()
    {
        foreach (SecretBytes answer in _answers.Values)
            answer.Dispose();
        _answers.Clear();
    }

    private static SecretBytes? AskTerminal(SecretQuestion question)
    {
        using SecretBytes room = new(LongestAnswer);
        return TerminalQuestion.Ask(question.Text, question.Echoes, room.Span) is int length ? new SecretBytes(room.Span[..length]) : null;
    }

    // The agents of a desktop or of the console at boot; nobody where there is no systemd.
    private static async Task<SecretBytes?> AskAgentAsync(SecretQuestion question, CancellationToken cancellationToken)
    {
        if (!Directory.Exists("/run/systemd/system") || SystemTool.Find("systemd-ask-password") is not { } path)
            return null;
        ProcessStartInfo start = new(path) { RedirectStandardOutput = true };
        start.ArgumentList.Add("--no-tty");
        if (question.Echoes)
            start.ArgumentList.Add("--echo");
        start.ArgumentList.Add($"{question.Text}:");
        using Process process = Process.Start(start) ?? throw new IOException($"{path} did not start");
        // What it says is read to its end, also when nobody waits for it any more: half an answer has to be wiped, too.
        using CancellationTokenRegistration ending = cancellationToken.Register(() => process.Kill(entireProcessTree: true));
        // The stream below the reader, which would decode it into buffers of its own.
        using SecretBytes answer = await Task.Run(() => SecretFile.Read(process.StandardOutput.BaseStream), CancellationToken.None).ConfigureAwait(false);
        await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return process.ExitCode == 0 ? new SecretBytes(answer.Span.TrimEnd((byte)'\n')) : null;
    }
}
