// SPDX-License-Identifier: Apache-2.0
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Tunbridge.Output;

/// <summary>Writes the one JSON document of a command.</summary>
internal static class JsonOutput
{
    /// <summary>Raised whenever a document's shape changes in a way that readers notice.</summary>
    internal const int SchemaVersion = 1;

    // Escaping for HTML would turn names such as a'b into \u0027; this goes to a terminal or a parser.
    private static readonly JsonWriterOptions s_options = new()
    {
        Indented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes an object that starts with <c>schemaVersion</c>.</summary>
    internal static void Write(TextWriter output, Action<Utf8JsonWriter> body) => Write(output, s_options, body);

    /// <summary>Writes the same on one line, for commands that print a document again and again.</summary>
    internal static void WriteLine(TextWriter output, Action<Utf8JsonWriter> body) =>
        Write(output, s_options with { Indented = false }, body);

    private static void Write(TextWriter output, JsonWriterOptions options, Action<Utf8JsonWriter> body)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, options))
        {
            json.WriteStartObject();
            json.WriteNumber("schemaVersion", SchemaVersion);
            body(json);
            json.WriteEndObject();
        }

        output.WriteLine(System.Text.Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length));
    }
}
