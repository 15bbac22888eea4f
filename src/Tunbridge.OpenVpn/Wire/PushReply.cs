// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Tunbridge.OpenVpn.Wire;

/// <summary>The options a server pushes: splits a PUSH_REPLY that comes in parts, and cuts a long one into parts.</summary>
internal sealed class PushReply
{
    /// <summary>Options that are taken from all parts of one reply.</summary>
    internal const int MaximumOptions = 4096;

    private const string Word = "PUSH_REPLY";
    private const string Continuation = "push-continuation ";

    // An option that would go beyond this begins a new message: peers of version 2 have a buffer of 1,024 bytes.
    private const int SoftLimit = 940;

    private readonly List<string> _options = [];

    internal IReadOnlyList<string> Options => _options;

    /// <summary>Adds a part's options.</summary>
    /// <returns>True when the reply is whole; null when there are too many options.</returns>
    internal bool? Append(string argument)
    {
        bool isWhole = true;
        foreach (string option in argument.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (option.StartsWith(Continuation, StringComparison.Ordinal))
            {
                isWhole = option[Continuation.Length..].Trim() != "2";
                continue;
            }
            if (_options.Count == MaximumOptions)
                return null;
            _options.Add(option);
        }
        return isWhole;
    }

    /// <summary>The messages, without NUL, that push these options. An option has no comma.</summary>
    internal static IReadOnlyList<string> Build(IEnumerable<string> options)
    {
        List<string> messages = [];
        StringBuilder text = new(Word);
        int length = Word.Length;
        foreach (string option in options)
        {
            int bytes = 1 + Encoding.UTF8.GetByteCount(option);
            if (length + bytes > SoftLimit && length > Word.Length)
            {
                messages.Add(text.Append(',').Append(Continuation).Append('2').ToString());
                text = new StringBuilder(Word);
                length = Word.Length;
            }
            text.Append(',').Append(option);
            length += bytes;
        }
        if (messages.Count > 0)
            text.Append(',').Append(Continuation).Append('1');
        messages.Add(text.ToString());
        return messages;
    }
}
