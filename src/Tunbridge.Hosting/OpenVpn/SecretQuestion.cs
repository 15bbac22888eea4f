// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Hosting.OpenVpn;

/// <summary>Something that a person has to tell: a name, a password, the answer to a challenge.</summary>
public sealed record SecretQuestion
{
    /// <summary>What is asked for, in the words that openvpn uses, without a colon: "Enter Auth Username".</summary>
    public required string Text { get; init; }

    /// <summary>The answer may be seen while it is typed.</summary>
    public bool Echoes { get; init; }
}
