// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;

namespace Tunbridge.OpenVpn.Control;

/// <summary>What follows AUTH_FAILED, read: wrong credentials, an expired token, a temporary refusal, a question.</summary>
public sealed record AuthFailure
{
    /// <summary>Which kind of refusal.</summary>
    public AuthFailureKind Kind { get; init; }

    /// <summary>The server's words, empty when it gave none.</summary>
    public string Reason { get; init; } = "";

    /// <summary>How long to wait, when a temporary failure says so.</summary>
    public TimeSpan? Backoff { get; init; }

    /// <summary>Where to try next.</summary>
    public AuthFailureAdvance Advance { get; init; }

    /// <summary>The opaque state that an answer to a challenge repeats.</summary>
    public string ChallengeState { get; init; } = "";

    /// <summary>The user whom the challenge is for; empty when its base64 is wrong.</summary>
    public string ChallengeUser { get; init; } = "";

    /// <summary>The answer may be shown while it is typed.</summary>
    public bool ChallengeEchoes { get; init; }

    /// <summary>Reads what follows the comma.</summary>
    /// <param name="argument">The text; any.</param>
    /// <returns>What it says; the plain refusal when it is of no known form.</returns>
    public static AuthFailure Parse(string argument)
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
