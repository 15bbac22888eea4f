// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;
using Tunbridge.DropIns.Openvpn;

namespace Tunbridge.Serve;

/// <summary>How a declared tunnel stands.</summary>
internal sealed record TunnelStatus
{
    internal required string Name { get; init; }

    /// <summary>up, starting, waiting, refused, disabled or stopped.</summary>
    internal required string Condition { get; init; }

    /// <summary>Why it is not up; empty when it is.</summary>
    internal string Note { get; init; } = "";

    /// <summary>How often it had to be started again.</summary>
    internal int Restarts { get; init; }

    /// <summary>What its process says; null when there is none.</summary>
    internal TunnelReport? Report { get; init; }

    /// <summary>All is as declared.</summary>
    internal bool IsAsDeclared => Condition is "up" or "disabled";

    /// <summary>Nothing of it is there.</summary>
    internal bool IsMissing => Condition is "stopped" or "refused";

    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("name", Name);
        json.WriteString("status", Condition);
        json.WriteString("note", Note.Length == 0 ? null : Note);
        json.WriteNumber("restarts", Restarts);
        if (Report is null)
        {
            json.WriteNull("process");
        }
        else
        {
            json.WriteStartObject("process");
            Report.Write(json);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    internal static TunnelStatus Parse(JsonElement json) => new()
    {
        Name = json.GetProperty("name").GetString()!,
        Condition = json.GetProperty("status").GetString()!,
        Note = json.GetProperty("note").GetString() ?? "",
        Restarts = json.GetProperty("restarts").GetInt32(),
        Report = json.GetProperty("process") is { ValueKind: JsonValueKind.Object } process ? TunnelReport.Parse(process) : null,
    };

    /// <summary>What is behind its name in a line for people.</summary>
    internal string Describe()
    {
        if (Report is not { } report)
            return Note.Length == 0 ? "" : $" ({Note})";
        string where = string.Join(", ", ((string?[])[report.Device, .. report.Addresses]).Where(t => !string.IsNullOrEmpty(t)));
        string with = report.Role == "server"
            ? $", {report.Clients} {(report.Clients == 1 ? "client" : "clients")}"
            : report.Peer is null ? "" : $", to {report.Peer}";
        string again = Restarts == 0 ? "" : $", started again {Restarts} {(Restarts == 1 ? "time" : "times")}";
        return string.Create(
            CultureInfo.InvariantCulture,
            $" {report.State} since {report.Since.ToLocalTime():yyyy-MM-dd HH:mm:ss} ({report.Role}{(where.Length > 0 ? $", {where}" : "")}{with}), " +
            $"received {Bytes(report.BytesReceived)}, sent {Bytes(report.BytesSent)}{again}");
    }

    private static string Bytes(long count) => count switch
    {
        < 1_000 => string.Create(CultureInfo.InvariantCulture, $"{count} B"),
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{count / 1e3:0.0} kB"),
        < 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{count / 1e6:0.0} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{count / 1e9:0.0} GB"),
    };
}
