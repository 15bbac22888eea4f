// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Netlink;

/// <summary>Events came faster than they were read and some are lost: whoever keeps a picture must read it anew.</summary>
public sealed record EventsLost : NetlinkEvent;
