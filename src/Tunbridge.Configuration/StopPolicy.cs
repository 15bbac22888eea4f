// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Configuration;

/// <summary>What becomes of a card when the service stops (key <c>on-stop</c>).</summary>
public enum StopPolicy
{
    /// <summary>It stays (<c>leave</c>, the default).</summary>
    Leave,

    /// <summary>It is removed (<c>remove</c>).</summary>
    Remove,
}
