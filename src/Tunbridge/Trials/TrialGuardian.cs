// SPDX-License-Identifier: Apache-2.0
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Tunbridge.Changes;
using Tunbridge.Commands;
using Tunbridge.Linux;
using Tunbridge.Netlink;
using Tunbridge.Output;

namespace Tunbridge.Trials;

/// <summary>
/// A second process, in a session of its own, that takes a `try` back when the first one dies before it is confirmed,
/// killed with SIGKILL or with its terminal, or when it is stopped for longer than its time.
/// </summary>
/// <remarks>
/// The first holds the writing end of the second's standard input: "waiting" starts the clock, "done" ends it all, and an
/// end of file without that word means that the first is dead. What was done is in the <see cref="Trial"/> records.
/// </remarks>
internal sealed class TrialGuardian : IDisposable
{
    /// <summary>The word that the program starts itself with; no command of the user's.</summary>
    internal const string Word = "[guard-try]";

    private const string Ready = "ready";
    private const string Waiting = "waiting";
    private const string Done = "done";

    // Past its time, the first process goes back itself, if it can.
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(15);

    private readonly Process _process;

    private TrialGuardian(Process process) => _process = process;

    /// <summary>Starts it, and waits until it is out of reach of the terminal.</summary>
    /// <exception cref="RefusedException">It does not start.</exception>
    internal static TrialGuardian Start(IReadOnlyList<string?> namespaces, TimeSpan timeout)
    {
        ProcessStartInfo start = new(Environment.ProcessPath ?? "/proc/self/exe")
        {
            // Standard error stays the terminal's: there it says what it has taken back.
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = "/",
        };
        string seconds = timeout.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
        foreach (string argument in (string[])[Word, seconds, $"{Environment.ProcessId}", .. namespaces.Select(n => n ?? "")])
            start.ArgumentList.Add(argument);
        try
        {
            Process process = Process.Start(start)!;
            if (process.StandardOutput.ReadLine() == Ready)
                return new(process);
            process.Dispose();
            throw new RefusedException("the process that would take the change back, were this one killed, ended at once");
        }
        catch (Win32Exception e)
        {
            throw new RefusedException($"the process that would take the change back, were this one killed, does not start: {e.Message}");
        }
    }

    /// <summary>All is applied, and the time runs.</summary>
    internal void StartClock() => Tell(Waiting);

    /// <summary>Sends it away: confirmed, or gone back.</summary>
    public void Dispose()
    {
        Tell(Done);
        _process.Dispose();
    }

    /// <summary>The second process.</summary>
    /// <param name="arguments">Seconds, the first process's id, then the file's namespaces, '' for this process's own.</param>
    /// <returns>The exit code.</returns>
    internal static int Run(string[] arguments)
    {
        TimeSpan timeout = TimeSpan.FromSeconds(int.Parse(arguments[0], CultureInfo.InvariantCulture)) + s_grace;
        int first = int.Parse(arguments[1], CultureInfo.InvariantCulture);
        List<PosixSignalRegistration> deaf = [];
        foreach (PosixSignal signal in (PosixSignal[])[PosixSignal.SIGHUP, PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT])
            deaf.Add(PosixSignalRegistration.Create(signal, context => context.Cancel = true));
        // Now, while the names lead there: they may be gone when they are needed.
        List<NetworkNamespace?> namespaces = [.. arguments[2..].Select(name => name.Length == 0 ? null : NetworkNamespace.Open(name))];
        ProgramStart.LeadSession();
        Console.Out.WriteLine(Ready);
        Console.Out.Flush();
        if (Watch(first, timeout))
            return ExitCode.Done;
        foreach (NetworkNamespace? space in namespaces)
            TakeBack(space);
        foreach (PosixSignalRegistration registration in deaf)
            registration.Dispose();
        return ExitCode.Done;
    }

    /// <returns>Whether all is well.</returns>
    private static bool Watch(int first, TimeSpan timeout)
    {
        using CancellationTokenSource late = new();
        using CancellationTokenRegistration kill = late.Token.Register(() => Kill(first));
        string? last = null;
        while (Console.In.ReadLine() is string line)
        {
            last = line;
            if (line == Waiting)
                late.CancelAfter(timeout);
            else if (line == Done)
                break;
        }

        return last == Done;
    }

    // It is stopped, or hangs, and holds the lock: its end is what lets the change be taken back.
    private static void Kill(int first)
    {
        try
        {
            using Process process = Process.GetProcessById(first);
            process.Kill();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // Gone meanwhile; the end of file follows.
            return;
        }
    }

    private static void TakeBack(NetworkNamespace? space)
    {
        try
        {
            if (space is null)
                TakeBackHere();
            else
                space.Run(TakeBackHere);
        }
        catch (Exception e) when (Failure.Describe(e) is { } failure)
        {
            // The other namespaces are to be taken back all the same.
            Terminal.Warn($"not taken back: {failure.Message}");
        }
    }

    private static void TakeBackHere()
    {
        using RouteNetlink netlink = RouteNetlink.Open();
        using ChangeJournal journal = FileWork.OpenJournal(netlink, OwnershipMark.CommandLineInstance);
    }

    private void Tell(string word)
    {
        try
        {
            _process.StandardInput.WriteLine(word);
            _process.StandardInput.Flush();
        }
        catch (IOException)
        {
            // Somebody killed it; this process goes back itself, and the next run does for both.
            return;
        }
    }
}
