// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Netlink;

/// <summary>Something that happened to the network of a namespace.</summary>
public abstract record NetlinkEvent
{
    private protected NetlinkEvent()
    {
    }

    /// <summary>Whether it is gone; otherwise it is new or changed.</summary>
    public bool IsRemoved { get; init; }
}
