// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Tunbridge.Linux;
using Tunbridge.Programs;

namespace Tunbridge.DropIns.Openvpn;

/// <summary><c>daemon</c>: a second process goes on in a session of its own, and the first ends when that has begun.</summary>
/// <remarks>Under a service manager that is told of readiness there is no second process, as with openvpn.</remarks>
internal sealed class Background
{
    private const string Variable = "TUNBRIDGE_DAEMON";
    private const string Begun = "begun";

    private Background(bool isWanted, bool isChild) => (IsParent, IsChild) = (isWanted && !isChild, isChild);

    /// <summary>This process starts the one that stays.</summary>
    internal bool IsParent { get; }

    /// <summary>This process is the one that stays.</summary>
    internal bool IsChild { get; }

    internal static Background Find(OpenvpnRequest request)
    {
        bool isChild = Environment.GetEnvironmentVariable(Variable) is not null;
        Environment.SetEnvironmentVariable(Variable, null);
        return new(request.Has("daemon") && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NOTIFY_SOCKET")), isChild);
    }

    /// <summary>The parent: starts the other, waits until it has begun, and says what went wrong when it has not.</summary>
    /// <returns>The exit code.</returns>
    internal static int Leave(string calledAs, OpenvpnRequest request)
    {
        ProcessStartInfo start = new(ProgramRun.OwnPath) { RedirectStandardError = true, WorkingDirectory = request.StartDirectory };
        start.ArgumentList.Add(Path.GetFileName(calledAs));
        foreach (string argument in request.Arguments)
            start.ArgumentList.Add(argument);
        start.Environment[Variable] = "1";
        // No socket for debuggers in a process that stays, and fewer threads.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        using Process process = Process.Start(start) ?? throw new IOException($"{ProgramRun.OwnPath} did not start");
        while (process.StandardError.ReadLine() is { } line)
        {
            if (line == Begun)
                return ExitCode.Done;
            Console.Error.WriteLine(line);
        }

        process.WaitForExit();
        return process.ExitCode == 0 ? ExitCode.Failed : process.ExitCode;
    }

    /// <summary>The child: leaves the terminal.</summary>
    internal void Enter()
    {
        if (!IsChild)
            return;
        ProgramStart.LeadSession();
        ProgramStart.Silence(0);
    }

    /// <summary>The child: tells the parent that it may end, and writes to it no more.</summary>
    /// <param name="hasFile">Standard output is the log's file.</param>
    internal void Done(bool hasFile)
    {
        if (!IsChild)
            return;
        Console.Error.WriteLine(Begun);
        Console.Error.Flush();
        if (!hasFile)
            ProgramStart.Silence(1);
        // What scripts say goes where the log goes.
        using FileDescriptor output = new(1, ownsHandle: false);
        ProgramStart.Redirect(output, 2);
    }
}
