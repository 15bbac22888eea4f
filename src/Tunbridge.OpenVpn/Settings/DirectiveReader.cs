// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Settings;

/// <summary>Reads configuration texts and command lines into directives; files come from a caller's function.</summary>
/// <remarks>
/// Collects all problems instead of stopping at the first. Texts stay bytes: what stands between tags is a window on them, and only lines
/// of directives become strings. The windows are gone when the reader is disposed. Not thread-safe.
/// </remarks>
public sealed class DirectiveReader : IDisposable
{
    private const int MaximumDepth = 10;
    private const int MaximumLine = 16 * 1024;

    private static ReadOnlySpan<byte> ByteOrderMark => "\ufeff"u8;

    private static readonly HashSet<string> s_inlineTags =
    [
        "ca", "cert", "extra-certs", "dh", "key", "pkcs12", "crl-verify", "secret", "tls-auth", "tls-crypt", "tls-crypt-v2",
        "auth-user-pass", "auth-gen-token-secret", "peer-fingerprint", "verify-hash", "http-proxy-user-pass",
    ];

    private readonly Func<string, SecretBytes?> _open;
    private readonly List<SecretBytes> _texts = [];
    private readonly List<Directive> _directives = [];
    private readonly List<DirectiveProblem> _problems = [];
    private readonly HashSet<string> _tolerated = [];
    private int _connections;
    private bool _isForwardCompatible;

    /// <summary>A reader.</summary>
    /// <param name="open">Gives the text of a file that <c>config</c> names, which the reader disposes; null when it cannot be read.</param>
    public DirectiveReader(Func<string, SecretBytes?> open)
    {
        ArgumentNullException.ThrowIfNull(open);
        _open = open;
    }

    /// <summary>The directives so far, in order.</summary>
    public IReadOnlyList<Directive> Directives => _directives;

    /// <summary>What is wrong so far.</summary>
    public IReadOnlyList<DirectiveProblem> Problems => _problems;

    /// <summary>Names that <c>ignore-unknown-option</c> lets pass.</summary>
    public IReadOnlySet<string> Tolerated => _tolerated;

    /// <summary>Reads a text.</summary>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="text">Its lines in UTF-8; the reader disposes them.</param>
    public void Read(string file, SecretBytes text)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(text);
        Read(file, text, 0);
    }

    /// <summary>Reads a text that has no secrets in it, as a string cannot be wiped.</summary>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="text">Its lines.</param>
    public void Read(string file, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Read(file, new SecretBytes(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>Wipes the texts, and with them what stood between tags.</summary>
    public void Dispose()
    {
        foreach (SecretBytes text in _texts)
            text.Dispose();
    }

    /// <summary>Reads a command line: <c>--directive</c>, then its parameters up to the next word with two hyphens.</summary>
    /// <param name="arguments">The words. A single one without hyphens is a configuration file.</param>
    public void ReadCommandLine(IReadOnlyList<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        const string Where = "[CMD-LINE]";
        if (arguments is [var only] && !only.StartsWith("--", StringComparison.Ordinal))
        {
            Add(new Directive { Name = "config", Parameters = [only], File = Where }, 0);
            return;
        }
        for (int i = 0; i < arguments.Count;)
        {
            string word = arguments[i++];
            if (!word.StartsWith("--", StringComparison.Ordinal) || word.Length == 2)
            {
                Report(Where, 0, $"I'm trying to parse \"{word}\" as an --option parameter but I don't see a leading '--'");
                return;
            }
            List<string> parameters = [];
            while (i < arguments.Count && !arguments[i].StartsWith("--", StringComparison.Ordinal))
                parameters.Add(arguments[i++]);
            Add(new Directive { Name = word[2..], Parameters = parameters, File = Where }, 0);
        }
    }

    private void Read(string file, SecretBytes text, int depth)
    {
        _texts.Add(text);
        ReadOnlyMemory<byte> all = text.Memory;
        TextLines lines = new(all.Span.StartsWith(ByteOrderMark) ? all[ByteOrderMark.Length..] : all);
        int? connection = null;
        while (lines.TryMove(out ReadOnlySpan<byte> line))
        {
            if (line.Length > MaximumLine)
                Report(file, lines.Number, $"the line is longer than {MaximumLine} bytes");
            else if (line.Contains((byte)0))
                Report(file, lines.Number, "the line has a NUL byte: is this a text file?");
            else if (line.SequenceEqual("</connection>"u8))
                connection = null;
            else if (line.SequenceEqual("<connection>"u8))
                connection = _connections++;
            else if (line.StartsWith("-----BEGIN "u8))
                PassOver(file, ref lines);
            else if (line.StartsWith("<"u8) && line.EndsWith(">"u8) && !line.StartsWith("</"u8))
                ReadInline(file, ref lines, Encoding.UTF8.GetString(line[1..^1]), connection);
            else if (!LineWords.TrySplit(Encoding.UTF8.GetString(line).Trim(), out List<string> words, out string problem))
                Report(file, lines.Number, problem);
            else if (words.Count > 0)
                Add(Make(file, lines.Number, words, connection), depth);
        }
        if (connection is not null)
            Report(file, lines.Number, "<connection> is not closed");
    }

    // Its lines would be taken for directives, and told in messages.
    private void PassOver(string file, ref TextLines lines)
    {
        Report(file, lines.Number, "the text of a key or certificate stands outside tags, allowed is <key>, <cert>, <ca> … around it");
        while (lines.TryMove(out ReadOnlySpan<byte> line) && !line.StartsWith("-----END "u8))
            continue;
    }

    private void ReadInline(string file, ref TextLines lines, string tag, int? connection)
    {
        int start = lines.Number, from = lines.Next;
        byte[] end = Encoding.UTF8.GetBytes($"</{tag}>");
        ReadOnlyMemory<byte>? content = null;
        while (content is null && lines.TryMove(out ReadOnlySpan<byte> line))
        {
            if (line.SequenceEqual(end))
                content = lines.Since(from);
        }
        if (content is null)
            Report(file, start, $"<{tag}> is not closed");
        else if (!s_inlineTags.Contains(tag) && !_tolerated.Contains(tag) && (!_isForwardCompatible || DirectiveTable.TryFind(tag, out _)))
            Report(file, start, $"<{tag}> cannot be written inline");
        else
            _directives.Add(new Directive
            {
                Name = tag,
                Parameters = [],
                File = file,
                Line = start,
                Inline = content,
                Connection = connection,
            });
    }

    private static Directive Make(string file, int line, List<string> words, int? connection)
    {
        bool isOptional = words is ["setenv", "opt", _, ..];
        if (isOptional)
            words.RemoveRange(0, 2);
        string name = words[0].StartsWith("--", StringComparison.Ordinal) ? words[0][2..] : words[0];
        return new()
        {
            Name = name,
            Parameters = words[1..],
            File = file,
            Line = line,
            IsOptional = isOptional,
            Connection = connection,
        };
    }

    private void Add(Directive directive, int depth)
    {
        if (directive.Name == "ignore-unknown-option")
        {
            _tolerated.UnionWith(directive.Parameters);
            return;
        }
        _isForwardCompatible |= directive is { Name: "setenv", Parameters: ["FORWARD_COMPATIBLE", "1"] };
        if (directive.Name != "config")
        {
            _directives.Add(directive);
            return;
        }
        if (directive.Parameters is not [var path])
            Report(directive.File, directive.Line, "config wants one file");
        else if (depth >= MaximumDepth)
            Report(directive.File, directive.Line, $"config {path}: files include each other more than {MaximumDepth} deep");
        else if (_open(path) is { } text)
            Read(path, text, depth + 1);
        else
            Report(directive.File, directive.Line, $"config {path}: the file cannot be read");
    }

    private void Report(string file, int line, string text) =>
        _problems.Add(new DirectiveProblem { IsError = true, File = file, Line = line, Text = text });
}
