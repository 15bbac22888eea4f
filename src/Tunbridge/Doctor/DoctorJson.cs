// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Tunbridge.Output;

namespace Tunbridge.Doctor;

/// <summary>The report as one JSON document.</summary>
internal static class DoctorJson
{
    /// <summary>Writes the report.</summary>
    /// <param name="report">The report.</param>
    /// <param name="repairs">What <c>--fix</c> did or refused; null without it.</param>
    /// <param name="output">Where the document goes.</param>
    public static void Write(DoctorReport report, IReadOnlyList<RepairOutcome>? repairs, TextWriter output) =>
        JsonOutput.Write(output, json =>
        {
            json.WriteBoolean("usable", report.IsUsable);
            json.WriteStartArray("checks");
            foreach (Check check in report.Checks)
                WriteCheck(json, check);
            json.WriteEndArray();
            if (repairs is not null)
                WriteRepairs(json, repairs);
        });

    private static void WriteCheck(Utf8JsonWriter json, Check check)
    {
        json.WriteStartObject();
        json.WriteString("id", check.Id);
        json.WriteString("status", check.Status.Word());
        json.WriteString("summary", check.Summary);
        json.WriteStartObject("evidence");
        // Names repeat (two holders, two lines of modprobe.d), which an object's may not.
        foreach (IGrouping<string, string> group in check.Evidence.GroupBy(e => e.Key, e => e.Value))
            json.WriteString(group.Key, string.Join("; ", group));
        json.WriteEndObject();
        WriteStrings(json, "notes", check.Notes);
        if (check.Fix is { } fix)
        {
            json.WriteStartObject("fix");
            json.WriteString("explanation", fix.Explanation);
            WriteStrings(json, "commands", fix.Commands);
            WriteStrings(json, "repairs", fix.Repairs.Select(r => r.Word()));
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteRepairs(Utf8JsonWriter json, IReadOnlyList<RepairOutcome> repairs)
    {
        json.WriteStartArray("repairs");
        foreach (RepairOutcome repair in repairs)
        {
            json.WriteStartObject();
            json.WriteString("repair", repair.Kind.Word());
            json.WriteBoolean("done", repair.IsDone);
            json.WriteString("message", repair.Message);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteStrings(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
    }
}
