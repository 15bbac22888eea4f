// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Tunbridge.Linux;
using Tunbridge.Netlink;

namespace Tunbridge.Configuration.Exchange;

/// <summary>Writes declared cards in another program's language.</summary>
/// <remarks>Stateless and thread-safe; users and groups are asked of the system's database.</remarks>
public static class Exporter
{
    /// <summary>Writes cards.</summary>
    /// <param name="devices">The cards; absent ones are left out.</param>
    /// <param name="format">The language.</param>
    public static ExportResult Export(IEnumerable<DeviceDefinition> devices, ExportFormat format)
    {
        ArgumentNullException.ThrowIfNull(devices);
        List<DeviceDefinition> present = [.. devices.Where(d => !d.IsAbsent).Select(WithRoutesThatLead)];
        List<Diagnostic> notes = [.. present.SelectMany(d => Unsaid(d, format)).Distinct()];
        IReadOnlyList<ExportedFile> files = format switch
        {
            ExportFormat.Networkd => NetworkdWriter.Write(present),
            ExportFormat.Ifupdown => [new() { Name = "tunbridge", Text = CommandWriter.Ifupdown(present) }],
            ExportFormat.Iproute2 => [new() { Name = "tunbridge.sh", Text = CommandWriter.Iproute2(present) }],
            _ => throw new ArgumentOutOfRangeException(nameof(format)),
        };
        return new() { Files = files, Notes = notes };
    }

    internal static string UserName(uint id) => UserDatabase.FindUserName(id) ?? id.ToString(CultureInfo.InvariantCulture);

    internal static string GroupName(uint id) => UserDatabase.FindGroupName(id) ?? id.ToString(CultureInfo.InvariantCulture);

    // Written without its type, a route that leads nowhere would lead somewhere.
    private static DeviceDefinition WithRoutesThatLead(DeviceDefinition device) =>
        device with { Routes = [.. device.Routes.Where(r => r.Type == RouteType.Unicast)] };

    private static IEnumerable<Diagnostic> Unsaid(DeviceDefinition device, ExportFormat format)
    {
        HashSet<string> unsaid =
        [
            "queues", "rules", "netns", "hooks", "alt-names", "after", "requires", "on-conflict", "on-drift", "on-stop",
            "offload", "description", "addresses.broadcast", "addresses.label", "addresses.scope", "addresses.lifetime",
            "addresses.preferred-lifetime", "routes.type", "routes.table", "routes.source", "routes.scope", "routes.mtu", "routes.on-link",
        ];
        if (format != ExportFormat.Networkd)
            unsaid.UnionWith(["keep-carrier"]);
        if (format == ExportFormat.Iproute2)
            unsaid.UnionWith(["dhcp", "dns"]);
        if (format == ExportFormat.Networkd)
            unsaid.UnionWith(["txqueuelen", "sysctl.disable-ipv6", "sysctl.ignore-routes-with-linkdown"]);
        foreach ((string key, SourcePosition position) in device.KeyPositions)
        {
            bool portKey = key.StartsWith("bridge.", StringComparison.Ordinal) && key is not ("bridge.name" or "bridge.create");
            bool macPolicy = key == "mac" && device.MacPolicy is MacPolicy.Random or MacPolicy.Stable;
            if (!portKey && !macPolicy && !unsaid.Contains(key))
                continue;
            yield return new()
            {
                Path = position.Path,
                Line = position.Line,
                Column = position.Column,
                Key = $"devices.{device.Name}.{key}",
                Message = $"{key} of {device.Name} is not exported",
            };
        }
    }
}
