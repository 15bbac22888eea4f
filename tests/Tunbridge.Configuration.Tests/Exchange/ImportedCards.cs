// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Tunbridge.Configuration.Exchange;

namespace Tunbridge.Configuration.Tests.Exchange;

/// <summary>Cards of an import, and their comparison without the places in files.</summary>
internal static class ImportedCards
{
    internal static IReadOnlyList<DeviceDefinition> Parse(ImportResult result) =>
        ConfigurationFile.Parse(result.Yaml, "imported.yaml", "test").Devices;

    internal static void AssertSame(IReadOnlyList<DeviceDefinition> expected, IReadOnlyList<DeviceDefinition> actual) =>
        Assert.Equal(expected.Select(Describe).Order(), actual.Select(Describe).Order());

    private static string Describe(DeviceDefinition card) => JsonSerializer.Serialize(new
    {
        card.Name,
        Kind = card.Kind.ToString(),
        card.Owner,
        card.Group,
        card.MultiQueue,
        Information = card.PacketInformation == true,
        Header = card.VirtioHeader == true,
        Addresses = card.Addresses.Select(a => a.ToString()).Order(),
        Routes = card.Routes.Select(r => r.ToString()).Order(),
        card.Promiscuous,
        card.AllMulticast,
        card.Multicast,
        card.Arp,
        card.Mtu,
        card.TransmitQueueLength,
        Mac = card.Mac?.ToString(),
        card.Bridge,
        card.CreateBridge,
        card.Up,
        card.Sysctl,
        card.Dhcp,
        Dns = card.Dns?.Servers.Select(s => s.ToString()),
        card.Dns?.Search,
    });
}
