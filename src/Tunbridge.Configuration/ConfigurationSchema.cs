// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Configuration;

/// <summary>The JSON Schema of the file (draft 2020-12), for editors that complete and check while one writes.</summary>
/// <remarks>It knows keys and forms; what belongs together is told by <see cref="ConfigurationFile"/> only.</remarks>
public static class ConfigurationSchema
{
    /// <summary>The name of the schema's file.</summary>
    public const string FileName = "tunbridge.schema.json";

    /// <summary>The schema's text.</summary>
    public static string ReadText()
    {
        using Stream stream = typeof(ConfigurationSchema).Assembly.GetManifestResourceStream(FileName)!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
