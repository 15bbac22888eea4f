// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.CommandLine.Invocation;
using Tunbridge.Commands;
using Tunbridge.Output;
using Tunbridge.Trials;

namespace Tunbridge;

/// <summary>Entry: personality by the name called with, then the command line.</summary>
internal static class Program
{
    // Set, a defect ends the program with the runtime's own report.
    private const string TraceVariable = "TUNBRIDGE_TRACE";

    private static int Main(string[] args)
    {
        // A symlink called tunctl or ifconfig is that program; `tunbridge tunctl …` is the same.
        string calledAs = CalledAs();
        if (DropIn.Find(Path.GetFileName(calledAs)) is { } byName)
            return byName(calledAs, args);
        if (args.Length > 0 && DropIn.Find(args[0]) is { } byWord)
            return byWord(args[0], args[1..]);

        if (Suggestions.IsAskedFor(args))
            return Suggestions.Write(args, Console.Out);
        try
        {
            if (args.Length > 0 && args[0] == TrialGuardian.Word)
                return TrialGuardian.Run(args[1..]);
            // '@name' is no file of further arguments here: names and paths are taken as they are.
            ParseResult parsed = CommandLine.Create().Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
            if (parsed.Action is ParseErrorAction || UsageErrors.HasStrayOption(parsed))
                return UsageErrors.Report(parsed, Console.Error);
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (Exception e) when (Failure.Describe(e) is { } failure)
        {
            Console.Error.WriteLine($"tunbridge: {failure.Message}");
            return failure.ExitCode;
        }
        catch (Exception e) when (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(TraceVariable)))
        {
            Console.Error.WriteLine(
                $"tunbridge: defect: {Terminal.OneLine($"{e.GetType().Name}: {e.Message}")}; please report it ({TraceVariable}=1 shows where)");
            return ExitCode.Failed;
        }
    }

    /// <summary>The program's name as its caller wrote it: argv[0], which the runtime replaces by its own path.</summary>
    private static string CalledAs()
    {
        try
        {
            string commandLine = File.ReadAllText("/proc/self/cmdline");
            int end = commandLine.IndexOf('\0', StringComparison.Ordinal);
            return end > 0 ? commandLine[..end] : "tunbridge";
        }
        catch (IOException)
        {
            // No /proc: the drop-ins are then had as `tunbridge tunctl` only.
            return "tunbridge";
        }
    }
}
