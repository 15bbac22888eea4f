// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Configuration.Exchange.Shell;

/// <summary>A piece of a shell script (POSIX shell command language, XCU 2.9).</summary>
internal abstract record ShellNode
{
    internal int Line { get; init; }
}

/// <summary>Commands one after the other.</summary>
internal sealed record ShellList(List<ShellNode> Items) : ShellNode;

/// <summary>Two commands joined by &amp;&amp; or ||.</summary>
internal sealed record ShellJoin(ShellNode Left, bool IsAnd, ShellNode Right) : ShellNode;

/// <summary>Commands joined by |.</summary>
internal sealed record ShellPipe(List<ShellNode> Items) : ShellNode;

/// <summary>A command with ! in front.</summary>
internal sealed record ShellNot(ShellNode Body) : ShellNode;

/// <summary>Assignments, a command and its arguments, redirections.</summary>
internal sealed record ShellSimple(
    List<(string Name, ShellWord Value)> Assignments, List<ShellWord> Words, List<ShellWord> Outputs) : ShellNode;

/// <summary>if; an elif is an if in the else branch. while and until have no else branch.</summary>
internal sealed record ShellIf(ShellNode Condition, ShellNode Then, ShellNode? Else, bool IsLoop) : ShellNode;

/// <summary>for NAME in WORDS; without words, the arguments.</summary>
internal sealed record ShellFor(string Name, List<ShellWord>? Words, ShellNode Body) : ShellNode;

/// <summary>case WORD in PATTERNS) …</summary>
internal sealed record ShellCase(ShellWord Word, List<(List<ShellWord> Patterns, ShellNode Body)> Items) : ShellNode;

/// <summary>NAME() { … }</summary>
internal sealed record ShellFunction(string Name, ShellNode Body) : ShellNode;

/// <summary>A word before expansion.</summary>
internal sealed record ShellWord(List<ShellPart> Parts)
{
    /// <summary>The word when it is plain text without quotes; else null.</summary>
    internal string? Plain => Parts is [{ Kind: ShellPartKind.Text, IsQuoted: false } only] ? only.Text : null;
}

/// <summary>A piece of a word: text, a parameter, or what a command prints.</summary>
internal sealed record ShellPart(ShellPartKind Kind, string Text, bool IsQuoted);

/// <summary>What a piece of a word is.</summary>
internal enum ShellPartKind
{
    /// <summary>Text as it stands.</summary>
    Text,

    /// <summary>$NAME, or the inside of ${…}.</summary>
    Parameter,

    /// <summary>The inside of $(…) or of backquotes.</summary>
    Command,

    /// <summary>The inside of $((…)).</summary>
    Arithmetic,
}
