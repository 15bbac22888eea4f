// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Configuration.Reading;

namespace Tunbridge.Configuration;

/// <summary>Reads the file that declares cards, or the embedded default that stands for it.</summary>
/// <remarks>See docs/configuration.md for the theory of operation. Stateless and thread-safe.</remarks>
public static partial class ConfigurationFile
{
    /// <summary>Where the file lies unless another one is named.</summary>
    public const string DefaultPath = "/etc/tunbridge/tunbridge.yaml";

    /// <summary>How messages name the embedded default.</summary>
    public const string DefaultName = "(embedded default)";

    /// <summary>The embedded default: tap0 for root at 192.168.0.1/24, promiscuous and up.</summary>
    public const string DefaultText =
        """
        devices:
          tap0:
            kind: tap
            owner: root
            addresses: [192.168.0.1/24]
            promiscuous: true
        tunnels: {}

        """;

    /// <summary>Reads text.</summary>
    /// <param name="text">The YAML.</param>
    /// <param name="path">How messages name the file.</param>
    /// <param name="instance">Whose the cards are.</param>
    /// <exception cref="ConfigurationException">It has mistakes; all are listed.</exception>
    public static DesiredState Parse(string text, string path, string instance)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Parse([new() { Path = path, Text = text }], path, instance);
    }

    /// <summary>Reads the texts of a file and its drop-ins, as <see cref="DesiredState.Sources"/> has them.</summary>
    /// <param name="sources">The texts, the main one first.</param>
    /// <param name="path">How messages name the file.</param>
    /// <param name="instance">Whose the cards are.</param>
    /// <exception cref="ConfigurationException">They have mistakes; all are listed.</exception>
    public static DesiredState Parse(IReadOnlyList<ConfigurationSource> sources, string path, string instance)
    {
        ArgumentNullException.ThrowIfNull(sources);
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(instance);
        StateReader reader = new();
        foreach (ConfigurationSource source in sources)
            reader.Add(source.Path, source.Text);
        return reader.Finish(path, instance);
    }
}
