// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tunbridge.Output;

namespace Tunbridge.Serve;

/// <summary>Something that the service did or saw, for its log and for monitors.</summary>
internal sealed record ServiceEvent
{
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What: started, drift, settled, repaired, repair-failed, reloaded, reload-failed, client-ended, tunnel-up, tunnel-down, tunnel-ended, tunnel-stopped, tunnel-refused, failed, stopping.</summary>
    internal required string Kind { get; init; }

    /// <summary>The card; null for all.</summary>
    internal string? Device { get; init; }

    /// <summary>The tunnel; null for none.</summary>
    internal string? Tunnel { get; init; }

    /// <summary>The key of the file that differs or differed; null for none.</summary>
    internal string? Key { get; init; }

    internal string? Declared { get; init; }

    internal string? Found { get; init; }

    /// <summary>What happened, in words.</summary>
    internal required string Message { get; init; }

    internal DateTimeOffset Time { get; init; } = DateTimeOffset.UtcNow;

    /// <summary>The event as one line of JSON.</summary>
    internal string ToJson()
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, s_options))
        {
            json.WriteStartObject();
            json.WriteNumber("schemaVersion", JsonOutput.SchemaVersion);
            json.WriteString("time", Time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            json.WriteString("event", Kind);
            json.WriteString("device", Device);
            json.WriteString("tunnel", Tunnel);
            json.WriteString("key", Key);
            json.WriteString("declared", Declared);
            json.WriteString("found", Found);
            json.WriteString("message", Message);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }
}
