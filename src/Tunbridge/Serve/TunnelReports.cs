// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Tunbridge.Configuration;

namespace Tunbridge.Serve;

/// <summary>The tunnels of a file as the running service has them.</summary>
internal static class TunnelReports
{
    /// <summary>Asks the service; without one, every tunnel is stopped.</summary>
    internal static IReadOnlyList<TunnelStatus> Ask(DesiredState desired)
    {
        if (desired.Tunnels.Count == 0)
            return [];
        Dictionary<string, TunnelStatus> running = [];
        string note = "";
        try
        {
            using JsonDocument document = JsonDocument.Parse(ControlClient.Ask(desired.Instance, ControlSocket.TunnelsRequest));
            foreach (JsonElement tunnel in document.RootElement.GetProperty("tunnels").EnumerateArray())
            {
                TunnelStatus status = TunnelStatus.Parse(tunnel);
                running[status.Name] = status;
            }
        }
        catch (Exception e) when (e is RefusedException or UnauthorizedAccessException or IOException or JsonException or KeyNotFoundException)
        {
            note = e is UnauthorizedAccessException ? e.Message : "`tunbridge serve` does not run";
        }

        return [.. desired.Tunnels.Select(t => running.GetValueOrDefault(t.Name) ?? (t.IsEnabled
            ? new TunnelStatus { Name = t.Name, Condition = "stopped", Note = note.Length > 0 ? note : "the service has not read it: reload it" }
            : new TunnelStatus { Name = t.Name, Condition = "disabled" }))];
    }

    internal static void Write(Utf8JsonWriter json, IReadOnlyList<TunnelStatus> tunnels)
    {
        json.WriteStartArray("tunnels");
        foreach (TunnelStatus tunnel in tunnels)
            tunnel.Write(json);
        json.WriteEndArray();
    }
}
