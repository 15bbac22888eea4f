// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Changes;

namespace Tunbridge.Configuration.Exchange;

/// <summary>A card as it takes shape while other files are read.</summary>
internal sealed class CardDraft(string name, Origin origin)
{
    internal string Name { get; } = name;

    /// <summary>Where it was named first.</summary>
    internal Origin Origin { get; } = origin;

    internal CardKind? Kind { get; set; }

    internal string? Description { get; set; }

    internal List<string> AlternativeNames { get; } = [];

    internal (string Text, Origin Origin)? Owner { get; set; }

    internal (string Text, Origin Origin)? Group { get; set; }

    internal bool MultiQueue { get; set; }

    internal bool PacketInformation { get; set; }

    internal bool VirtioHeader { get; set; }

    internal bool KeepCarrier { get; set; }

    internal List<(IpPrefix Prefix, IpPrefix? Peer)> Addresses { get; } = [];

    internal List<DeviceRoute> Routes { get; } = [];

    internal bool Promiscuous { get; set; }

    internal bool AllMulticast { get; set; }

    internal bool Multicast { get; set; } = true;

    internal bool Arp { get; set; } = true;

    internal int? Mtu { get; set; }

    internal int? TransmitQueueLength { get; set; }

    internal string? Mac { get; set; }

    internal string? Bridge { get; set; }

    internal SortedDictionary<string, string> Sysctl { get; } = new(StringComparer.Ordinal);

    internal bool DhcpIPv4 { get; set; }

    internal bool DhcpIPv6 { get; set; }

    internal List<string> DnsServers { get; } = [];

    internal List<string> DnsSearch { get; } = [];

    internal bool Up { get; set; }
}
