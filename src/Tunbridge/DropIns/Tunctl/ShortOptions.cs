// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.DropIns;

/// <summary>Reads short options as getopt(3) does: clusters, joined or separate arguments, operands anywhere.</summary>
/// <remarks>Words after <c>--</c> are operands. With POSIXLY_CORRECT set, so are all words after the first operand.</remarks>
internal ref struct ShortOptions
{
    private readonly ReadOnlySpan<string> _words;
    private readonly string _specification;
    private readonly bool _operandsEndOptions;
    private int _word;
    private int _letter;

    /// <summary>Starts before the first option.</summary>
    /// <param name="words">The arguments after the program's name.</param>
    /// <param name="specification">The letters; one followed by a colon takes an argument.</param>
    internal ShortOptions(ReadOnlySpan<string> words, string specification)
    {
        _words = words;
        _specification = specification;
        _operandsEndOptions = Environment.GetEnvironmentVariable("POSIXLY_CORRECT") is not null;
    }

    /// <summary>How many operands there were, complete when <see cref="TryNext"/> has given false.</summary>
    internal int OperandCount { get; private set; }

    /// <summary>The last option's letter.</summary>
    internal char Letter { get; private set; }

    /// <summary>The last option's argument.</summary>
    internal string Argument { get; private set; } = "";

    /// <summary>What is wrong with the last option, in getopt's words; null when nothing is.</summary>
    internal string? Error { get; private set; }

    /// <summary>Steps to the next option.</summary>
    internal bool TryNext()
    {
        if (_letter == 0 && !TryFindCluster())
            return false;
        string cluster = _words[_word];
        Letter = cluster[_letter++];
        Error = null;
        int place = Letter is ':' or ';' ? -1 : _specification.IndexOf(Letter, StringComparison.Ordinal);
        if (place < 0)
            Error = $"invalid option -- '{Letter}'";
        else if (place + 1 < _specification.Length && _specification[place + 1] == ':')
            return TakeArgument(cluster);
        if (_letter == cluster.Length)
            NextWord();
        return true;
    }

    private bool TryFindCluster()
    {
        while (_word < _words.Length)
        {
            string word = _words[_word];
            if (word == "--")
            {
                OperandCount += _words.Length - _word - 1;
                return false;
            }

            if (word.Length > 1 && word[0] == '-')
            {
                _letter = 1;
                return true;
            }

            if (_operandsEndOptions)
            {
                OperandCount += _words.Length - _word;
                return false;
            }

            OperandCount++;
            _word++;
        }

        return false;
    }

    private bool TakeArgument(string cluster)
    {
        if (_letter < cluster.Length)
            Argument = cluster[_letter..];
        else if (++_word < _words.Length)
            Argument = _words[_word];
        else
            Error = $"option requires an argument -- '{Letter}'";
        NextWord();
        return true;
    }

    private void NextWord()
    {
        _word++;
        _letter = 0;
    }
}
