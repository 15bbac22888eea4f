// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.OpenVpn.Settings;

/// <summary>What the bytes of an <see cref="MssLimit"/> are of.</summary>
public enum MssLimitKind
{
    /// <summary>The payload of a datagram: without the headers of IP and UDP or TCP.</summary>
    Payload = 0,

    /// <summary>The whole datagram (<c>mtu</c>).</summary>
    WithHeaders = 1,

    /// <summary>The segment itself (<c>fixed</c>).</summary>
    Segment = 2,
}
