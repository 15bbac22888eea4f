// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Configuration.Yaml;
using Tunbridge.Linux;

namespace Tunbridge.Configuration.Reading;

internal sealed partial class DeviceReader
{
    private DeviceHooks? ReadHooks()
    {
        if (_keys["hooks"] is not { IsNull: false } node || Group(node, PathOf("hooks"), "hooks", KeyNames.Hooks) is not { } keys)
            return null;
        if (keys["up"] is not null && keys["post-up"] is not null)
        {
            _schema.Report(
                keys.PositionOf("up"), keys.PathOf("up"), "up and post-up mean the same, allowed is one of them");
        }

        DeviceHooks hooks = new()
        {
            PreUp = ReadList(keys, "pre-up"),
            PostUp = ReadList(keys, keys["post-up"] is null ? "up" : "post-up"),
            PreDown = ReadList(keys, "pre-down"),
            PostDown = ReadList(keys, "post-down"),
        };
        return hooks.PreUp.Count + hooks.PostUp.Count + hooks.PreDown.Count + hooks.PostDown.Count == 0 ? null : hooks;
    }

    /// <summary>One command, or a list of them.</summary>
    private List<DeviceHook> ReadList(KeyGroup keys, string key)
    {
        List<DeviceHook> hooks = [];
        if (keys[key] is not { IsNull: false } node)
            return hooks;
        string path = keys.PathOf(key);
        foreach (YamlNode item in node is YamlSequence list ? list.Items : [node])
        {
            if (ReadHook(item, path) is DeviceHook hook)
                hooks.Add(hook);
        }

        return hooks;
    }

    private DeviceHook? ReadHook(YamlNode node, string path)
    {
        if (node is not YamlMapping)
        {
            return _schema.Text(node, path, "a command, or a group with the keys " + string.Join(", ", KeyNames.Hook)) is string text
                ? new() { Command = Shell(text), Position = node.Position }
                : null;
        }

        KeyGroup keys = _schema.KnownKeys(node, path, KeyNames.Hook)!;
        if (keys["command"] is not YamlNode command)
        {
            _schema.Report(node.Position, path, "a hook has no command, allowed is a text for the shell or a list of program and arguments");
            return null;
        }

        IReadOnlyList<string>? words = ReadCommand(command, keys.PathOf("command"));
        TimeSpan? timeout = _schema.Time(keys["timeout"], keys.PathOf("timeout"));
        uint? user = ReadPrincipal(keys["user"], keys.PathOf("user"), "user", UserDatabase.FindUserId);
        Dictionary<string, string> environment = ReadEnvironment(keys);
        return words is null ? null : new()
        {
            Command = words,
            Timeout = timeout ?? DeviceHook.DefaultTimeout,
            Environment = environment,
            User = user,
            Position = node.Position,
        };
    }

    private IReadOnlyList<string>? ReadCommand(YamlNode node, string path)
    {
        if (node is not YamlSequence list)
            return _schema.Text(node, path, "a text for the shell or a list of program and arguments") is string text ? Shell(text) : null;
        List<string> words = [];
        foreach (YamlNode item in list.Items)
        {
            if (item is YamlScalar { IsNull: false } word)
                words.Add(word.Text);
            else
                _schema.Report(item.Position, path, $"{path} has {(item.IsNull ? "an empty word" : item.Noun)}, allowed is a list of program and arguments");
        }

        // Without a search path there is no question which program is meant.
        if (words.Count > 0 && words[0].StartsWith('/'))
            return words;
        _schema.Report(
            node.Position, path,
            words.Count == 0
                ? $"{path} is empty, allowed is a list of program and arguments"
                : $"the program '{words[0]}' is no path that begins with '/', allowed is one such as /usr/bin/logger");
        return null;
    }

    private Dictionary<string, string> ReadEnvironment(KeyGroup keys)
    {
        Dictionary<string, string> variables = [];
        if (keys["environment"] is not YamlNode node ||
            _schema.Keys(node, keys.PathOf("environment"), "a group of variables by name") is not { } group)
            return variables;
        foreach ((string name, KeyGroup.Entry entry) in group.Entries)
        {
            bool isName = name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
            if (!isName)
                _schema.Report(entry.Key.Position, group.Path, $"'{name}' is no name of a variable, allowed are letters, digits and _");
            else if (entry.Value is YamlScalar value)
                variables[name] = value.IsNull ? "" : value.Text;
            else
                _schema.Report(entry.Value.Position, group.Path, $"the variable {name} is {entry.Value.Noun}, allowed is a text");
        }

        return variables;
    }

    private static string[] Shell(string text) => ["/bin/sh", "-c", text];
}
