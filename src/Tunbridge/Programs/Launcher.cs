// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;
using Tunbridge.Linux;

namespace Tunbridge.Programs;

/// <summary>The program as a stepping stone: it reads a <see cref="LaunchRequest"/>, changes itself accordingly, and gives way.</summary>
/// <remarks>
/// Session, user, groups and the signal of the parent's death can be changed only by the process itself, between its
/// start and the other program's, and never in a process with work of its own to do.
/// </remarks>
internal static class Launcher
{
    /// <summary>The word by which the program is told to be it.</summary>
    internal const string Verb = ".launch";

    // As shells have it.
    internal const int NotFound = 127, NotExecutable = 126;

    /// <summary>Does not return when it succeeds.</summary>
    /// <returns>The exit code.</returns>
    internal static int Run()
    {
        LaunchRequest request;
        try
        {
            using Stream input = Console.OpenStandardInput();
            request = LaunchRequest.Decode(input);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            Console.Error.WriteLine($"tunbridge: {Verb} is for tunbridge itself, which tells it what to become");
            return ExitCode.Usage;
        }

        try
        {
            ProgramStart.LeadSession();
            if (request.Record is string record)
                WriteRecord(record, request.Note);
            // Whoever takes back what a killed run has begun finds the record, or this process finds that run dead.
            if (request.Starter != 0 && ProcessIdentity.ParentProcessId != request.Starter)
            {
                File.Delete(request.Record!);
                return NotExecutable;
            }

            ProgramStart.Settle();
            if (request.User is uint user && user != ProcessIdentity.EffectiveUserId)
            {
                ProgramStart.Become(UserAccount.Find(user) ??
                    throw new RefusedException($"user {user} is in no user database, so its groups are unknown"));
            }

            if (request.Parent != 0 && !ProgramStart.DieWith(request.Parent))
                return NotExecutable;
            ProgramStart.Silence(0);
            if (request.Parent == 0)
                ProgramStart.Silence(1, 2);
        }
        catch (Exception e) when (Failure.Describe(e) is { } failure)
        {
            Console.Error.WriteLine(failure.Message);
            return NotExecutable;
        }

        Errno errno = ProcessIdentity.Replace(request.Command[0], request.Command, request.Environment);
        Console.Error.WriteLine($"{request.Command[0]}: {LinuxException.Describe(errno)}");
        return errno == Errno.ENOENT ? NotFound : NotExecutable;
    }

    private static void WriteRecord(string path, IReadOnlyDictionary<string, string> note) =>
        StateFile.Write(path, new Dictionary<string, string>(note)
        {
            ["process"] = Environment.ProcessId.ToString(CultureInfo.InvariantCulture),
            ["start"] = (ProcessHandle.FindStart(Environment.ProcessId) ?? 0).ToString(CultureInfo.InvariantCulture),
        });
}
