// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Configuration.Exchange;

/// <summary>Whose language cards are written in.</summary>
public enum ExportFormat
{
    /// <summary>A .netdev and a .network file a card (systemd.netdev(5), systemd.network(5)).</summary>
    Networkd,

    /// <summary>Stanzas of interfaces(5).</summary>
    Ifupdown,

    /// <summary>Lines of ip(8).</summary>
    Iproute2,
}
