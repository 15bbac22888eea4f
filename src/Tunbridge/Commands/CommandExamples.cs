// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Runtime.CompilerServices;

namespace Tunbridge.Commands;

/// <summary>Examples at the end of each command's help.</summary>
internal static class CommandExamples
{
    private static readonly ConditionalWeakTable<Command, (string Line, string Meaning)[]> s_examples = [];

    internal static Command WithExamples(this Command command, params (string Line, string Meaning)[] examples)
    {
        s_examples.Add(command, examples);
        return command;
    }

    internal static IReadOnlyList<(string Line, string Meaning)> Of(Command command) =>
        s_examples.TryGetValue(command, out (string, string)[]? examples) ? examples : [];

    /// <summary>Makes `--help` of every command end with its examples.</summary>
    internal static void AddToHelp(RootCommand root)
    {
        foreach (HelpOption option in root.Options.OfType<HelpOption>())
            option.Action = new HelpWithExamples((HelpAction)option.Action!);
    }

    private sealed class HelpWithExamples(HelpAction inner) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            int code = inner.Invoke(parseResult);
            IReadOnlyList<(string Line, string Meaning)> examples = Of(parseResult.CommandResult.Command);
            if (examples.Count == 0)
                return code;
            TextWriter output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Examples:");
            foreach ((string line, string meaning) in examples)
                output.WriteLine($"  {line}\n      {meaning}");
            output.WriteLine();
            return code;
        }
    }
}
