// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Changes;
using Tunbridge.Configuration.Yaml;

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

    private static readonly string[] s_topKeys = ["devices", "tunnels"];

    /// <summary>Reads text.</summary>
    /// <param name="text">The YAML.</param>
    /// <param name="path">How messages name the file.</param>
    /// <param name="instance">Whose the cards are.</param>
    /// <exception cref="ConfigurationException">It has mistakes; all are listed.</exception>
    public static DesiredState Parse(string text, string path, string instance)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(instance);
        List<Diagnostic> diagnostics = [];
        YamlNode? root = YamlTree.Read(path, text, diagnostics);
        List<DeviceDefinition> devices = [];
        if (root is not null)
            ReadRoot(root, new SchemaReader(diagnostics), devices);
        if (diagnostics.Count > 0)
            throw new ConfigurationException([.. diagnostics.OrderBy(d => d.Line).ThenBy(d => d.Column)]);
        return new() { Path = path, Instance = instance, Devices = devices };
    }

    private static void ReadRoot(YamlNode root, SchemaReader schema, List<DeviceDefinition> devices)
    {
        IReadOnlyDictionary<string, (YamlScalar Key, YamlNode Value)>? top = schema.KnownKeys(root, "", s_topKeys);
        if (top is null)
            return;
        if (top.TryGetValue("devices", out (YamlScalar, YamlNode Value) section) &&
            schema.Keys(section.Value, "devices", "a group of cards by name") is { } cards)
        {
            DeviceReader reader = new(schema);
            foreach ((YamlScalar name, YamlNode node) in cards.Values)
            {
                if (reader.Read(name, node) is DeviceDefinition device)
                    devices.Add(device);
            }

            CheckBridges(devices, schema);
        }

        if (top.TryGetValue("tunnels", out (YamlScalar, YamlNode Value) tunnels) &&
            schema.Keys(tunnels.Value, "tunnels", "a group of tunnels by name") is { Count: > 0 } named)
        {
            YamlScalar first = named.Values.First().Key;
            schema.Report(first.Position, $"tunnels.{first.Text}", "tunnels are not supported yet, allowed is tunnels: {}");
        }
    }

    private static void CheckBridges(List<DeviceDefinition> devices, SchemaReader schema)
    {
        HashSet<string> names = [.. devices.Select(d => d.Name)];
        foreach (DeviceDefinition device in devices)
        {
            if (device.Bridge is string bridge && names.Contains(bridge))
            {
                schema.Report(
                    device.PositionOf("bridge"), $"devices.{device.Name}.bridge",
                    $"'{bridge}' is a card of this file, allowed is the name of a bridge");
            }
        }
    }
}
