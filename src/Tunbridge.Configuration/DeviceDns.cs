// SPDX-License-Identifier: Apache-2.0
using System.Net;

namespace Tunbridge.Configuration;

/// <summary>Name servers of a card (<c>dns</c>).</summary>
public sealed record DeviceDns
{
    /// <summary>The servers, the first is asked first (<c>servers</c>).</summary>
    public IReadOnlyList<IPAddress> Servers { get; init; } = [];

    /// <summary>The domains that short names are looked up in (<c>search</c>).</summary>
    public IReadOnlyList<string> Search { get; init; } = [];
}
