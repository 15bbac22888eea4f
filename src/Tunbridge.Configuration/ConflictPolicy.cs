// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Configuration;

/// <summary>What happens to a card of a declared name that is not the file's (key <c>on-conflict</c>).</summary>
public enum ConflictPolicy
{
    /// <summary>It is refused (<c>fail</c>, the default).</summary>
    Fail,

    /// <summary>It is marked and changed to what is declared (<c>adopt</c>).</summary>
    Adopt,

    /// <summary>It is deleted and made anew (<c>recreate</c>).</summary>
    Recreate,
}
