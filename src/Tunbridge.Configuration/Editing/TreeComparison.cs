// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Configuration.Yaml;

namespace Tunbridge.Configuration.Editing;

/// <summary>Whether two readings of a file differ in one card only, and there as asked for.</summary>
internal static class TreeComparison
{
    /// <summary>Compares values; places, quotes and layout do not count.</summary>
    internal static bool IsOnlyDifference(YamlNode? before, YamlNode? after, string name, IReadOnlyList<DeviceEdit> edits)
    {
        YamlMapping? oldDevices = Section(before, "devices"), newDevices = Section(after, "devices");
        YamlMapping? oldDevice = Section(oldDevices, name), newDevice = Section(newDevices, name);
        HashSet<string> changed = [.. edits.Select(e => e.Key)];
        return AreSame(before as YamlMapping, after as YamlMapping, key => key == "devices") &&
            AreSame(oldDevices, newDevices, key => key == name) &&
            AreSame(oldDevice, newDevice, changed.Contains) &&
            edits.All(e => IsDone(Value(oldDevice, e.Key), Value(newDevice, e.Key), e));
    }

    /// <summary>What a node says, without its layout.</summary>
    internal static string TextOf(YamlNode? node) => node switch
    {
        null or { IsNull: true } => "",
        YamlScalar scalar => scalar.Text,
        YamlSequence list => "[" + string.Join('\u001f', list.Items.Select(TextOf)) + "]",
        YamlMapping group => "{" + string.Join('\u001f', group.Entries.Select(e => $"{e.Key.Text}\u001e{TextOf(e.Value)}")) + "}",
        _ => throw new InvalidOperationException($"a node of type {node.GetType().Name}"),
    };

    private static bool IsDone(YamlNode? before, YamlNode? after, DeviceEdit edit)
    {
        if (!edit.IsList)
            return edit.Value is null ? after is null : TextOf(after is YamlMapping group ? Value(group, "name") : after) == edit.Value;
        IEnumerable<string> wanted = Items(before).Where(i => !edit.RemovedItems.Contains(i)).Concat(edit.AddedItems);
        return wanted.SequenceEqual(Items(after));
    }

    private static IEnumerable<string> Items(YamlNode? node) => node is YamlSequence list ? list.Items.Select(TextOf) : [];

    private static bool AreSame(YamlMapping? before, YamlMapping? after, Func<string, bool> isExcepted)
    {
        static Dictionary<string, string> Rest(YamlMapping? group, Func<string, bool> isExcepted) =>
            (group?.Entries ?? []).Where(e => !isExcepted(e.Key.Text)).ToDictionary(e => e.Key.Text, e => TextOf(e.Value));
        Dictionary<string, string> old = Rest(before, isExcepted), now = Rest(after, isExcepted);
        return old.Count == now.Count && old.All(e => now.TryGetValue(e.Key, out string? value) && value == e.Value);
    }

    private static YamlMapping? Section(YamlNode? node, string key) => Value(node as YamlMapping, key) as YamlMapping;

    private static YamlNode? Value(YamlMapping? group, string key) => group?.Entries.LastOrDefault(e => e.Key.Text == key).Value;
}
