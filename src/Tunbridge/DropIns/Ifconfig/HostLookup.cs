// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.DropIns;

/// <summary>How a name was resolved (h_errno of netdb.h), or that it was.</summary>
internal enum HostLookup
{
    Found = 0,
    UnknownHost = 1,
    TryAgain = 2,
    NoRecovery = 3,
    NoData = 4,

    /// <summary>Refused before anyone was asked, so that h_errno is still 0.</summary>
    NotAsked = 5,
}
