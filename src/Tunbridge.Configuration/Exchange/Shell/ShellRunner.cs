// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Configuration.Exchange.Shell;

/// <summary>
/// Walks a script as if it were called with <c>start</c>, without running anything: commands about cards go to the
/// drafts, and where only the running system knows a condition, each way that is about cards is taken.
/// </summary>
internal sealed partial class ShellRunner(DraftBook book, CommandReader commands)
{
    // A loop or recursion in a foreign script must end here, too.
    private const int MaximumSteps = 20_000;
    private const int MaximumDepth = 60;

    private readonly Dictionary<string, string> _variables = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ShellNode> _functions = new(StringComparer.Ordinal);
    private IReadOnlyList<string> _arguments = [];
    private string _path = "";
    private int _uncertain;
    private int _steps;
    private int _depth;
    private Leaving _leaving;

    private enum Leaving
    {
        None,
        Function,
        Script,
    }

    /// <summary>Gives a variable its value before a script is read.</summary>
    internal void Set(string name, string value) => _variables[name] = value;

    /// <summary>Reads a script, or a command line of another file that is given to a shell.</summary>
    internal void Run(string path, string text, int firstLine = 1)
    {
        _path = path;
        _arguments = [path, "start"];
        _leaving = Leaving.None;
        _uncertain = 0;
        try
        {
            Run(ShellParser.Parse(text, firstLine));
        }
        catch (ShellSyntaxException e)
        {
            book.Note(new(path, e.Line), $"{e.Message}: this script is not understood and not carried over");
        }
    }

    /// <summary>True for success, false for failure, null where only the running system knows.</summary>
    private bool? Run(ShellNode node)
    {
        if (_leaving != Leaving.None)
            return null;
        if (++_steps > MaximumSteps || _depth > MaximumDepth)
            throw new ShellSyntaxException(node.Line, "this never ends");
        _depth++;
        bool? result = node switch
        {
            ShellList list => RunAll(list.Items),
            ShellJoin join => RunJoin(join),
            ShellPipe pipe => RunPipe(pipe),
            ShellNot not => !Run(not.Body),
            ShellIf choice => RunIf(choice),
            ShellFor loop => RunFor(loop),
            ShellCase choice => RunCase(choice),
            ShellFunction function => Define(function),
            ShellSimple simple => RunSimple(simple),
            _ => null,
        };
        _depth--;
        return result;
    }

    private bool? RunAll(List<ShellNode> items)
    {
        bool? result = true;
        foreach (ShellNode item in items)
            result = Run(item);
        return result;
    }

    private bool? RunPipe(ShellPipe pipe)
    {
        // What stands in a pipe is asked or printed; `yes | tunctl …` would be a strange exception.
        RunAll(pipe.Items);
        return null;
    }

    private bool? RunJoin(ShellJoin join)
    {
        bool? left = Run(join.Left);
        if (left is bool known)
            return known == join.IsAnd ? Run(join.Right) : known;
        Uncertain(join.Right);
        return null;
    }

    private void Uncertain(ShellNode node)
    {
        _uncertain++;
        Run(node);
        _uncertain--;
    }

    private bool? RunIf(ShellIf choice)
    {
        bool? condition = Run(choice.Condition);
        if (choice.IsLoop)
        {
            if (Mentions(choice.Then))
                book.Note(At(choice), "a loop whose end only the running system knows: not carried over");
            return null;
        }

        if (condition is bool known)
            return known ? Run(choice.Then) : choice.Else is null ? true : Run(choice.Else);
        bool both = choice.Else is not null && Mentions(choice.Then) && Mentions(choice.Else);
        if (both)
            book.Note(At(choice), "only the running system knows this condition: what both of its ways do is carried over");
        Uncertain(choice.Then);
        if (choice.Else is not null)
            Uncertain(choice.Else);
        return null;
    }

    private bool? RunFor(ShellFor loop)
    {
        List<string> values = [];
        foreach (ShellWord word in loop.Words ?? [])
        {
            if (Expand(word, values))
                continue;
            if (Mentions(loop.Body))
                book.Note(At(loop), $"{Missing} has no value here: the loop over it is not carried over");
            return null;
        }

        if (loop.Words is null)
            values.AddRange(_arguments.Skip(1));
        foreach (string value in values)
        {
            _variables[loop.Name] = value;
            Run(loop.Body);
        }

        return true;
    }

    private bool? RunCase(ShellCase choice)
    {
        if (Text(choice.Word) is not string subject)
        {
            if (choice.Items.Exists(i => Mentions(i.Body)))
                book.Note(At(choice), $"{Missing} has no value here: this case is not carried over");
            return null;
        }

        foreach ((List<ShellWord> patterns, ShellNode body) in choice.Items)
        {
            if (patterns.Exists(p => Text(p) is string pattern && Glob.IsMatch(pattern, subject)))
                return Run(body);
        }

        return true;
    }

    private bool? Define(ShellFunction function)
    {
        _functions[function.Name] = function.Body;
        return true;
    }

    private bool? RunSimple(ShellSimple simple)
    {
        foreach ((string name, ShellWord value) in simple.Assignments)
            Assign(name, value);
        List<string> words = [];
        foreach (ShellWord word in simple.Words)
        {
            if (Expand(word, words))
                continue;
            if (simple.Words[0].Plain is string first && CommandReader.IsNetwork(first))
                book.Note(At(simple), $"{Missing} has no value here: {first} is not carried over");
            else if (simple.Words[0].Plain is string known && (_functions.ContainsKey(known) || known is "[" or "test"))
                break;
            return null;
        }

        return words.Count == 0 ? true : Execute(simple, words);
    }

    private bool? Execute(ShellSimple simple, List<string> words)
    {
        switch (words[0])
        {
            case "exit" or "return":
                if (_uncertain == 0)
                    _leaving = words[0] == "exit" ? Leaving.Script : Leaving.Function;
                return null;
            case "export" or "local" or "readonly" or "declare" or "typeset":
                foreach (ShellWord word in simple.Words.Skip(1))
                {
                    if (ShellParser.Assignment(word) is var (name, value))
                        Assign(name, value);
                }

                return true;
            case "shift":
                _arguments = [.. _arguments.Take(1), .. _arguments.Skip(2)];
                return true;
            case "eval":
                if (words.Skip(1).SelectMany(w => w.Split(' ', ';')).Any(CommandReader.IsNetwork))
                    book.Note(At(simple), "eval is not followed: not carried over");
                return null;
            case "true" or ":":
                return true;
            case "false":
                return false;
            case "[" or "test" or "[[":
                return Condition.Evaluate(words, simple.Words.Count);
            default:
                break;
        }

        if (_functions.TryGetValue(words[0], out ShellNode? body))
            return Call(body, words);
        foreach (ShellWord output in simple.Outputs)
        {
            if (words[0] is "echo" or "printf" && Text(output) is string file && file.StartsWith("/proc/sys/net/", StringComparison.Ordinal))
                commands.ReadProcWrite(file, words[^1], At(simple));
        }

        if (_uncertain > 0 && Removes(words))
            return true;
        return commands.Read(words, At(simple)) ? true : null;
    }

    private bool? Call(ShellNode body, List<string> words)
    {
        IReadOnlyList<string> outer = _arguments;
        _arguments = [outer.Count > 0 ? outer[0] : _path, .. words.Skip(1)];
        bool? result = Run(body);
        _arguments = outer;
        if (_leaving == Leaving.Function)
            _leaving = Leaving.None;
        return result;
    }

    // `if it is there, remove it` says nothing about what is to be.
    private static bool Removes(List<string> words) => CommandReader.NameOf(words[0]) switch
    {
        "tunctl" => words.Contains("-d"),
        "ip" => words.Exists(w => w is "del" or "delete"),
        "openvpn" => words.Contains("--rmtun"),
        _ => false,
    };

    private Origin At(ShellNode node) => new(_path, node.Line);

    /// <summary>Whether anything below is about the network.</summary>
    private bool Mentions(ShellNode node) => node switch
    {
        ShellList list => list.Items.Exists(Mentions),
        ShellPipe pipe => pipe.Items.Exists(Mentions),
        ShellJoin join => Mentions(join.Left) || Mentions(join.Right),
        ShellNot not => Mentions(not.Body),
        ShellIf choice => Mentions(choice.Then) || (choice.Else is not null && Mentions(choice.Else)),
        ShellFor loop => Mentions(loop.Body),
        ShellCase choice => choice.Items.Exists(i => Mentions(i.Body)),
        ShellSimple { Words: [var first, ..] } => first.Plain is not string name
            ? Text(first) is string expanded && CommandReader.IsNetwork(expanded)
            : CommandReader.IsNetwork(name) || _functions.ContainsKey(name),
        _ => false,
    };
}
