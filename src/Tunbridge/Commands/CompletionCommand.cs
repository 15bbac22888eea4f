// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;

namespace Tunbridge.Commands;

/// <summary>tunbridge completion SHELL: a script that asks the program itself what may come next.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        # bash completion for tunbridge: eval "$(tunbridge completion bash)"
        _tunbridge() {
            local word=${COMP_WORDS[COMP_CWORD]} candidate
            COMPREPLY=()
            # Not compgen -W, which would run what a card's name says: $(reboot) is a name that the kernel takes.
            while IFS= read -r candidate; do
                [[ $candidate == "$word"* ]] && { printf -v candidate %q "$candidate"; COMPREPLY+=("$candidate"); }
            done < <("${COMP_WORDS[0]}" "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)
        }
        complete -o default -F _tunbridge tunbridge
        """;

    private const string Zsh = """
        #compdef tunbridge
        # zsh completion for tunbridge: save as _tunbridge in a folder of $fpath
        _tunbridge() {
            local -a candidates
            candidates=("${(@f)$("${words[1]}" "[suggest:${#BUFFER}]" "$BUFFER" 2>/dev/null)}")
            compadd -- "${candidates[@]}"
        }
        compdef _tunbridge tunbridge
        """;

    private const string Fish = """
        # fish completion for tunbridge: tunbridge completion fish | source
        complete -c tunbridge -a '(set -l line (commandline -cp); tunbridge "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null)'
        """;

    internal static Command Create()
    {
        Argument<string> shell = new("SHELL") { Description = "bash, zsh or fish" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        Command command = new("completion", "Print a completion script for a shell") { shell };
        command.SetAction(parsed => Console.Out.WriteLine(parsed.GetRequiredValue(shell) switch
        {
            "bash" => Bash,
            "zsh" => Zsh,
            _ => Fish,
        }));
        return command.WithExamples(
            ("eval \"$(tunbridge completion bash)\"", "completion in this bash"),
            ("tunbridge completion fish | source", "completion in this fish"));
    }
}
