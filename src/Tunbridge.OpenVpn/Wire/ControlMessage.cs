// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Tunbridge.OpenVpn.Wire;

/// <summary>Which of the texts inside TLS a message is.</summary>
internal enum ControlMessageKind
{
    Unknown,
    PushRequest,
    PushReply,
    PushUpdate,
    AuthFailed,
    AuthPending,
    InfoPre,
    Info,
    ChallengeResponse,
    Restart,
    Halt,
    Exit,
}

/// <summary>One text of the control channel: a word, and what follows its first comma.</summary>
internal readonly record struct ControlMessage(ControlMessageKind Kind, string Text, string Argument)
{
    /// <summary>Bytes of the longest message that is taken, its NUL not counted.</summary>
    internal const int MaximumLength = 16 * 1024;

    private static readonly (string Word, ControlMessageKind Kind)[] s_words =
    [
        ("PUSH_REQUEST", ControlMessageKind.PushRequest), ("PUSH_REPLY", ControlMessageKind.PushReply),
        ("PUSH_UPDATE", ControlMessageKind.PushUpdate), ("AUTH_FAILED", ControlMessageKind.AuthFailed),
        ("AUTH_PENDING", ControlMessageKind.AuthPending), ("INFO_PRE", ControlMessageKind.InfoPre),
        ("INFO", ControlMessageKind.Info), ("CR_RESPONSE", ControlMessageKind.ChallengeResponse),
        ("RESTART", ControlMessageKind.Restart), ("HALT", ControlMessageKind.Halt), ("EXIT", ControlMessageKind.Exit),
    ];

    /// <summary>
    /// Reads a message without its NUL. Line ends at its end are cut off; one with any other control character, or that is not
    /// UTF-8, is refused: it would go into logs and scripts.
    /// </summary>
    internal static bool TryParse(ReadOnlySpan<byte> bytes, out ControlMessage message)
    {
        message = default;
        bytes = bytes.TrimEnd("\r\n"u8);
        if (bytes.IsEmpty || bytes.Length > MaximumLength || !System.Text.Unicode.Utf8.IsValid(bytes))
            return false;
        string text = Encoding.UTF8.GetString(bytes);
        foreach (char c in text)
        {
            if (char.IsControl(c))
                return false;
        }
        int comma = text.IndexOf(',', StringComparison.Ordinal);
        string word = comma < 0 ? text : text[..comma];
        ControlMessageKind kind = Array.Find(s_words, w => w.Word == word).Kind;
        message = new ControlMessage(kind, text, comma < 0 ? "" : text[(comma + 1)..]);
        return true;
    }

    /// <summary>The text for a log: secrets that a push carries are blanked.</summary>
    internal string ForLog()
    {
        if (Kind is not (ControlMessageKind.PushReply or ControlMessageKind.PushUpdate))
            return Kind == ControlMessageKind.ChallengeResponse ? "CR_RESPONSE,[…]" : Text;
        string[] options = Text.Split(',');
        for (int i = 0; i < options.Length; i++)
        {
            string first = options[i].TrimStart().Split(' ', 2)[0];
            if (first is "auth-token" or "auth-token-user" or "echo")
                options[i] = $"{first} [redacted]";
        }
        return string.Join(',', options);
    }
}
