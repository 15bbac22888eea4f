// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

/// <summary>How routes and rules that we lay are told from those of others: by their protocol number.</summary>
public static class RouteOrigin
{
    /// <summary>The protocol of our routes and rules, 84; no other program is known to use it.</summary>
    public const RouteProtocol Protocol = (RouteProtocol)84;
}
