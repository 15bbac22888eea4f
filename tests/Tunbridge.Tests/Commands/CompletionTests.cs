// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Testing;

namespace Tunbridge.Tests.Commands;

/// <summary>The bash script in a real bash, `--help` and `--version`.</summary>
public sealed class CompletionTests
{
    public static TheoryData<string> Commands =>
        ["doctor", "add", "set", "delete", "list", "show", "capture", "join", "up", "down", "status", "demo", "completion"];

    [Theory]
    [InlineData("tunbridge sh", "show")]
    [InlineData("tunbridge de", "del delete demo")]
    [InlineData("tunbridge add x --ki", "--kind")]
    [InlineData("tunbridge add x --kind ", "tap tun")]
    [InlineData("tunbridge set mine --no", "--no-bridge --no-promisc")]
    [InlineData("tunbridge show mi", "mine")]
    [InlineData("tunbridge delete mine ta", "tap5")]
    [InlineData("tunbridge capture ", "--count --help --netns --write -c -h -w mine tap5")]
    [InlineData("tunbridge join ta", "tap5")]
    [InlineData("tunbridge join mine tap5 --o", "--offload")]
    [InlineData("tunbridge join mine tap5 --offload ", "auto off")]
    [InlineData("tunbridge completion b", "bash")]
    [InlineData("tunbridge nosuch ", "")]
    public void Bash_Completes(string line, string expected)
    {
        RealTool.Require("bash");
        using TestNamespace space = new();
        space.Ip("tuntap add mine mode tap");
        space.Ip("tuntap add tap5 mode tap");

        string[] found = Complete(space, line);

        if (expected.Length == 0)
            Assert.DoesNotContain("mine", found);
        else
            Assert.Equal(expected, string.Join(' ', found.Where(w => !IsHelp(w, expected))));
    }

    [Fact]
    public void Bash_CardWithAHostileName_IsNotRun()
    {
        RealTool.Require("bash");
        using TestNamespace space = new();
        CommandResult made = space.Exec("ip", "tuntap", "add", "$(touch${IFS}x)", "mode", "tap");
        Assert.SkipUnless(made.ExitCode == 0, "this ip takes no such name");
        string directory = Directory.CreateTempSubdirectory("tbcomplete").FullName;
        try
        {
            string[] found = Complete(space, "tunbridge show $", directory);
            Assert.Empty(Directory.EnumerateFileSystemEntries(directory));
            Assert.Contains("\\$\\(touch", string.Join(' ', found), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public void Script_IsTakenByItsShell(string shell)
    {
        using TestNamespace space = new();
        string script = space.Must($"completion {shell}");
        Assert.Contains("tunbridge", script, StringComparison.Ordinal);
        RealTool.Require(shell);
        Assert.Equal((0, ""), space.Exec(shell, "-n", "-c", script) is { } r ? (r.ExitCode, r.Error) : default);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Help_OfEachCommand_HasExamples(string command)
    {
        using TestNamespace space = new();
        CommandResult result = space.Tunbridge($"{command} --help");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains("Examples:\n  ", result.Output, StringComparison.Ordinal);
        Assert.Contains($"tunbridge {command}", result.Output, StringComparison.Ordinal);
        // -h is the same, also behind a mistake.
        Assert.Equal(result.Output, space.Must($"{command} -h"));
    }

    [Fact]
    public void Help_OfTheProgram_ListsEveryCommand()
    {
        using TestNamespace space = new();
        string help = space.Must("--help");
        Assert.All(Commands, c => Assert.Contains($" {c.Data} ", help, StringComparison.Ordinal));
        // Not what a file happens to declare.
        Assert.Contains("<DEVICE>", help, StringComparison.Ordinal);
    }

    [Fact]
    public void Version_AloneInTheFirstLine_ThenWhatEncrypts()
    {
        using TestNamespace space = new();
        Assert.Matches(@"^\d+\.\d+\.\d+\S*\nencryption: .*OpenSSL 3\.\d.*\n$", space.Must("--version"));
    }

    [Fact]
    public void List_ReaderIsGone_IsNoCrash()
    {
        using TestNamespace space = new();
        CommandResult result = space.Exec("/bin/sh", "-c", $"('{Tool.Path}' list --help; echo $? >&2) | true");
        Assert.DoesNotContain("xception", result.Error, StringComparison.Ordinal);
    }

    private static bool IsHelp(string word, string expected) => word is "--help" or "-h" or "--version" && !expected.Contains(word, StringComparison.Ordinal);

    // What Tab shows: the function that `complete` names, called as readline calls it.
    private static string[] Complete(TestNamespace space, string line, string? directory = null)
    {
        const string Script = """
            cd "$3" || exit 9
            PATH=$1:$PATH
            eval "$(tunbridge completion bash)"
            [[ $(complete -p tunbridge) == *'-F _tunbridge tunbridge' ]] || exit 8
            COMP_LINE=$2 COMP_POINT=${#2}
            read -ra COMP_WORDS <<< "$2"
            [[ $2 == *' ' ]] && COMP_WORDS+=("")
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _tunbridge tunbridge
            printf '%s\n' "${COMPREPLY[@]}" | sort
            """;
        CommandResult result = space.Exec("bash", "--norc", "-c", Script, "bash", AppContext.BaseDirectory, line, directory ?? "/");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        return result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
