// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Reflection;
using System.Text;
using Tunbridge.Commands;
using Tunbridge.Configuration;
using Tunbridge.Linux;
using Tunbridge.Netlink;

namespace Tunbridge.Serve;

/// <summary>The service's metrics in Prometheus' text format 0.0.4.</summary>
internal static class PrometheusText
{
    internal static string Write(DesiredState desired, ServiceMetrics metrics, IReadOnlyList<TunnelStatus> tunnels)
    {
        StringBuilder text = new();
        string version = typeof(PrometheusText).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
        Head(text, "build_info", "gauge", "The program that answers");
        Line(text, "build_info", $"version=\"{Escape(version.Split('+')[0])}\"", 1);
        using FileWork work = new(desired, new(), null, Planner.Up);
        List<(string Device, StatusDifference Difference)> drift =
            [.. work.Status().Devices.SelectMany(d => d.Differences.Select(difference => (d.Name, difference)))];
        WriteCards(text, ReadLinks(desired));
        Head(text, "interface_drift", "gauge", "1 for each key of a card that is not as declared");
        foreach ((string device, string key) in drift.Select(d => (d.Device, d.Difference.Key)).Distinct())
            Line(text, "interface_drift", $"interface=\"{Escape(device)}\",field=\"{Escape(key)}\"", 1);
        metrics.Read((results, buckets, seconds, drifts, lastApply) =>
        {
            Head(text, "reconcile_total", "counter", "Runs that made the kernel as declared, by result");
            foreach ((string result, long count) in results)
                Line(text, "reconcile_total", $"result=\"{result}\"", count);
            Head(text, "reconcile_duration_seconds", "histogram", "How long they took");
            for (int i = 0; i < buckets.Count; i++)
                Line(text, "reconcile_duration_seconds_bucket", $"le=\"{Number(ServiceMetrics.Bounds[i])}\"", buckets[i]);
            Line(text, "reconcile_duration_seconds_bucket", "le=\"+Inf\"", results.Values.Sum());
            Line(text, "reconcile_duration_seconds_sum", "", seconds);
            Line(text, "reconcile_duration_seconds_count", "", results.Values.Sum());
            Head(text, "drift_total", "counter", "Differences that came up");
            Line(text, "drift_total", "", drifts);
            Head(text, "last_apply_timestamp_seconds", "gauge", "When the kernel was last made as declared");
            Line(text, "last_apply_timestamp_seconds", "", lastApply);
        });
        WriteTunnels(text, tunnels);
        return text.ToString();
    }

    private static void WriteTunnels(StringBuilder text, IReadOnlyList<TunnelStatus> tunnels)
    {
        if (tunnels.Count == 0)
            return;
        Each("tunnel_up", "gauge", "Whether packets pass through a tunnel", t => t.Condition == "up" ? 1 : 0);
        Each("tunnel_clients", "gauge", "Clients of a server", t => t.Report?.Clients ?? 0);
        Each("tunnel_receive_bytes_total", "counter", "Bytes from peers, since its process began", t => t.Report?.BytesReceived ?? 0);
        Each("tunnel_transmit_bytes_total", "counter", "Bytes to peers, since its process began", t => t.Report?.BytesSent ?? 0);
        Each("tunnel_restarts_total", "counter", "How often its process was started again", t => t.Restarts);

        void Each(string name, string type, string help, Func<TunnelStatus, double> value)
        {
            Head(text, name, type, help);
            foreach (TunnelStatus tunnel in tunnels)
                Line(text, name, $"tunnel=\"{Escape(tunnel.Name)}\"", value(tunnel));
        }
    }

    private static List<(DeviceDefinition Device, Link? Link)> ReadLinks(DesiredState desired)
    {
        List<(DeviceDefinition, Link?)> cards = [];
        foreach (IGrouping<string?, DeviceDefinition> group in desired.Devices.Where(d => !d.IsAbsent).GroupBy(d => d.NetworkNamespace))
        {
            Dictionary<string, Link> links = TargetNamespace.In(group.Key, () =>
            {
                using RouteNetlink netlink = RouteNetlink.Open();
                return netlink.Links.List("tun").ToDictionary(l => l.Name);
            });
            cards.AddRange(group.Select(d => (d, links.GetValueOrDefault(d.Name))));
        }

        return cards;
    }

    private static void WriteCards(StringBuilder text, List<(DeviceDefinition Device, Link? Link)> cards)
    {
        List<Link> present = [.. cards.Select(c => c.Link).OfType<Link>()];
        Head(text, "interface_info", "gauge", "What a card is");
        foreach (Link link in present)
        {
            string owner = link.Tun?.Owner is uint id ? UserDatabase.FindUserName(id) ?? Number(id) : "";
            string kind = link.Tun?.IsTap == true ? "tap" : "tun";
            Line(text, "interface_info", $"interface=\"{Escape(link.Name)}\",kind=\"{kind}\",owner=\"{Escape(owner)}\",mac=\"{link.Address}\"", 1);
        }

        Head(text, "interface_present", "gauge", "Whether a declared card is there");
        foreach ((DeviceDefinition device, Link? link) in cards)
            Line(text, "interface_present", $"interface=\"{Escape(device.Name)}\"", link is null ? 0 : 1);
        Each("interface_up", "gauge", "Whether a card is up", l => l.IsUp ? 1 : 0);
        Each("interface_carrier", "gauge", "Whether a card has a carrier", l => l.HasCarrier ? 1 : 0);
        Each("interface_attached_queues", "gauge", "Queues that programs have attached", l => l.Tun?.QueueCount ?? 0);
        foreach ((string name, string help, Func<LinkStatistics, ulong> value) in s_counters)
            Each($"interface_{name}_total", "counter", help, l => l.Statistics is { } statistics ? value(statistics) : 0);

        void Each(string name, string type, string help, Func<Link, double> value)
        {
            Head(text, name, type, help);
            foreach (Link link in present)
                Line(text, name, $"interface=\"{Escape(link.Name)}\"", value(link));
        }
    }

    private static readonly (string Name, string Help, Func<LinkStatistics, ulong> Value)[] s_counters =
    [
        ("receive_bytes", "Bytes from the card's program to the kernel", s => s.ReceivedBytes),
        ("receive_packets", "Packets from the card's program to the kernel", s => s.ReceivedPackets),
        ("receive_errors", "Packets that the kernel refused", s => s.ReceiveErrors),
        ("receive_dropped", "Packets that the kernel dropped", s => s.ReceiveDropped),
        ("transmit_bytes", "Bytes from the kernel to the card's program", s => s.TransmittedBytes),
        ("transmit_packets", "Packets from the kernel to the card's program", s => s.TransmittedPackets),
        ("transmit_errors", "Packets that could not be sent", s => s.TransmitErrors),
        ("transmit_dropped", "Packets that no program took in time", s => s.TransmitDropped),
    ];

    private static void Head(StringBuilder text, string name, string type, string help) =>
        text.Append(CultureInfo.InvariantCulture, $"# HELP tunbridge_{name} {help}.\n# TYPE tunbridge_{name} {type}\n");

    private static void Line(StringBuilder text, string name, string labels, double value) =>
        text.Append(CultureInfo.InvariantCulture, $"tunbridge_{name}{(labels.Length > 0 ? $"{{{labels}}}" : "")} {Number(value)}\n");

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Escape(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
