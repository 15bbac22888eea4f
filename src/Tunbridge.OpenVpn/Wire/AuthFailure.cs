// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;

namespace Tunbridge.OpenVpn.Wire;

/// <summary>Why a server refused, as far as its words can be told apart.</summary>
internal enum AuthFailureKind
{
    /// <summary>The credentials are wrong, or another reason in words.</summary>
    Refused,

    /// <summary>The token has expired: the original credentials are asked for.</summary>
    SessionExpired,

    /// <summary>Try again later.</summary>
    Temporary,

    /// <summary>A question that the next login answers (CRV1).</summary>
    Challenge,
}

/// <summary>Where a temporary failure sends the client next.</summary>
internal enum AuthFailureAdvance
{
    /// <summary>The same address.</summary>
    No,

    /// <summary>The next address of the same remote.</summary>
    Address,

    /// <summary>The next remote.</summary>
    Remote,
}

/// <summary>What follows AUTH_FAILED.</summary>
internal sealed record AuthFailure
{
    internal AuthFailureKind Kind { get; init; }

    /// <summary>The server's words, empty when it gave none.</summary>
    internal string Reason { get; init; } = "";

    /// <summary>How long to wait, when a temporary failure says so.</summary>
    internal TimeSpan? Backoff { get; init; }

    internal AuthFailureAdvance Advance { get; init; }

    /// <summary>The opaque state that an answer to a challenge repeats.</summary>
    internal string ChallengeState { get; init; } = "";

    /// <summary>The user whom the challenge is for; empty when its base64 is wrong.</summary>
    internal string ChallengeUser { get; init; } = "";

    internal bool ChallengeEchoes { get; init; }

    internal static AuthFailure Parse(string argument)
    {
        if (argument.StartsWith("TEMP", StringComparison.Ordinal) && (argument.Length == 4 || argument[4] is '[' or ':'))
            return ParseTemporary(argument[4..]);
        if (argument.StartsWith("SESSION:", StringComparison.Ordinal))
            return new() { Kind = AuthFailureKind.SessionExpired, Reason = argument["SESSION:".Length..].Trim() };
        if (argument.StartsWith("CRV1:", StringComparison.Ordinal) && argument.Split(':', 5) is [_, var flags, var state, var user, var text])
        {
            return new()
            {
                Kind = AuthFailureKind.Challenge,
                Reason = text,
                ChallengeState = state,
                ChallengeUser = FromBase64(user),
                ChallengeEchoes = flags.Split(',').Contains("E"),
            };
        }
        return new() { Reason = argument };
    }

    // [backoff N,advance addr|remote|no]:text, the bracket being optional
    private static AuthFailure ParseTemporary(string rest)
    {
        AuthFailure failure = new() { Kind = AuthFailureKind.Temporary };
        int close = rest.IndexOf(']', StringComparison.Ordinal);
        if (rest.StartsWith('[') && close > 0)
        {
            foreach (string item in rest[1..close].Split(','))
            {
                string[] words = item.Trim().Split(' ', StringSplitOptions.RemoveEmptyEntries);
                failure = words switch
                {
                    ["backoff", var seconds] when int.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out int n)
                        => failure with { Backoff = TimeSpan.FromSeconds(Math.Min(n, 3600)) },
                    ["advance", "addr"] => failure with { Advance = AuthFailureAdvance.Address },
                    ["advance", "remote"] => failure with { Advance = AuthFailureAdvance.Remote },
                    _ => failure,
                };
            }
            rest = rest[(close + 1)..];
        }
        return failure with { Reason = rest.TrimStart(':') };
    }

    private static string FromBase64(string text)
    {
        byte[] bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out int written) ? Encoding.UTF8.GetString(bytes, 0, written) : "";
    }
}
