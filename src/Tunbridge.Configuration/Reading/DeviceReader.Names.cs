// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Changes;
using Tunbridge.Configuration.Yaml;
using Tunbridge.Linux;

namespace Tunbridge.Configuration.Reading;

/// <summary>The card in words, and its names and those of others.</summary>
internal sealed partial class DeviceReader
{
    // ALTIFNAMSIZ is 128 with its terminator.
    private string? ReadDescription()
    {
        if (_keys["description"] is not YamlNode node || _schema.Text(node, PathOf("description"), "a line of text") is not string text)
            return null;
        if (OwnershipMark.FindDescriptionMistake(text) is not string mistake)
            return text;
        _schema.Report(node.Position, PathOf("description"), $"{PathOf("description")} {mistake}");
        return null;
    }

    /// <summary>A list of names of interfaces, each once; the place of each is noted as <c>key.NAME</c>.</summary>
    private List<string> ReadNames(string key, Func<string, string?> findMistake)
    {
        List<string> names = [];
        string path = PathOf(key);
        foreach (YamlNode item in _schema.Items(_keys[key], path, "a list of names of interfaces"))
        {
            string? mistake = item is not YamlScalar { IsNull: false } scalar ? $"{(item.IsNull ? "an empty entry" : item.Noun)} is no name of an interface"
                : names.Contains(scalar.Text) ? $"the name '{scalar.Text}' is written twice"
                : findMistake(scalar.Text);
            if (mistake is not null)
            {
                _schema.Report(item.Position, path, mistake);
                continue;
            }

            string name = ((YamlScalar)item).Text;
            names.Add(name);
            _positions[$"{key}.{name}"] = item.Position;
        }

        return names;
    }

    private string? FindAlternativeNameMistake(string name) => InterfaceName.FindAlternativeMistake(name, _name);
}
