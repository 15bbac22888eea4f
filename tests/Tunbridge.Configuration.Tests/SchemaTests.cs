// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.RegularExpressions;
using Tunbridge.Changes;

namespace Tunbridge.Configuration.Tests;

/// <summary>The published JSON Schema and the parser know the same keys, and agree about files.</summary>
public sealed class SchemaTests
{
    private static readonly JsonElement s_schema = JsonDocument.Parse(ConfigurationSchema.ReadText()).RootElement;

    /// <summary>Where the schema has a group of keys, and a file that makes the parser list its own.</summary>
    public static TheoryData<string, string> Groups => new()
    {
        { "", "xyzzy: 1" },
        { "$defs/device", "devices: {tap0: {kind: tap, xyzzy: 1}}" },
        { "properties/defaults", "defaults: {xyzzy: 1}" },
        { "$defs/tunnel", "tunnels: {a: {openvpn: f, xyzzy: 1}}" },
        { "$defs/address", Tap("addresses: [{address: 10.0.0.1/8, xyzzy: 1}]") },
        { "$defs/route", Tap("routes: [{to: 10.0.0.0/8, xyzzy: 1}]") },
        { "$defs/rule", Tap("rules: [{priority: 1, table: 1, xyzzy: 1}]") },
        { "$defs/device/properties/dns", Tap("dns: {xyzzy: 1}") },
        { "$defs/dhcp", Tap("dhcp: {xyzzy: 1}") },
        { "$defs/bridge", Tap("bridge: {name: br0, xyzzy: 1}") },
        { "$defs/created-bridge", Tap("bridge: {name: br0, create: {xyzzy: 1}}") },
        { "$defs/sysctl", Tap("sysctl: {xyzzy: 1}") },
        { "$defs/hooks", Tap("hooks: {xyzzy: 1}") },
        { "$defs/hook", Tap("hooks: {pre-up: {command: a, xyzzy: 1}}") },
    };

    [Theory]
    [MemberData(nameof(Groups))]
    public void Schema_KeysOfAGroup_AreTheParsers(string place, string text)
    {
        ConfigurationException error = Assert.Throws<ConfigurationException>(() => KeySetTests.Parse(text));
        string message = Assert.Single(error.Diagnostics).Message;
        string[] parser = Regex.Match(message, "allowed are (.*)$").Groups[1].Value.Split(", ");

        Assert.Equal(parser.Order(), KeysAt(place).Order());
    }

    public static TheoryData<string> GoodFiles =>
    [
        ConfigurationFile.DefaultText, KeySetTests.Everything, "", "devices:\ntunnels: {}\n",
        "devices:\n  tap{0..3}: {kind: tap, mtu: '{n+1400}', addresses: ['10.0.{n}.1/24'], routes: [{to: 10.9.0.0/16, metric: '{n}'}]}\n",
        "devices: {tun0: {kind: tun, sysctl: {rp-filter: 1}, dhcp: false, mtu: auto, hooks: , routes: }}",
    ];

    [Theory]
    [MemberData(nameof(GoodFiles))]
    public void Schema_FileThatTheParserTakes_IsValid(string text)
    {
        KeySetTests.Parse(text);

        Assert.Equal([], SchemaValidator.Validate(s_schema, YamlValue.Read(text)));
    }

    /// <summary>Wrong in form, so that both can tell.</summary>
    public static TheoryData<string> BadFiles =>
    [
        "devices: [tap0]", "devices: {tap0: tap}", Tap("xyzzy: 1"), Tap("mtu: 67"), Tap("mtu: big"), Tap("up: maybe"), Tap("kind: tup"),
        Tap("addresses: 10.0.0.1/8"), Tap("addresses: [{peer: 10.0.0.2}]"), Tap("routes: [{via: 10.0.0.1}]"), Tap("routes: [10.0.0.0/8]"),
        Tap("routes: [{to: 10.0.0.0/8, type: drop}]"), Tap("bridge: {name: a, create: {stp: maybe}}"), Tap("bridge: {name: a, create: 1}"),
        Tap("alt-names: [a/b]"), Tap("after: eth0"), Tap("requires: ['a b']"), Tap("description: ''"), Tap("queues: 257"),
        Tap("rules: [{priority: 1}]"), Tap("rules: [{priority: 0, table: 1}]"), Tap("dhcp: {client: pump}"), Tap("bridge: {create: true}"),
        Tap("bridge: {name: a, cost: 0}"), Tap("queues: 0"), Tap("sysctl: {rp-filter: 3}"), Tap("hooks: {pre-up: {timeout: 1}}"),
        Tap("hooks: {pre-up: {command: a, timeout: soon}}"), Tap("on-stop: go"), Tap("persist: false"), Tap("vlan: 1"), "on-drift: x",
        "tunnels: {a: {}}", "tunnels: {a: }", "tunnels: {a: {openvpn: }}", "tunnels: {a: {openvpn: f, enabled: 1}}", "tunnels: [a]", Tap("state: gone"), Tap("offload: on"), Tap("addresses: [{address: 10.0.0.1/8, scope: far}]"),
    ];

    [Theory]
    [MemberData(nameof(BadFiles))]
    public void Schema_FileWrongInForm_IsInvalidForBoth(string text)
    {
        Assert.Throws<ConfigurationException>(() => KeySetTests.Parse(text));

        Assert.NotEmpty(SchemaValidator.Validate(s_schema, YamlValue.Read(text)));
    }

    [Fact]
    public void Schema_EveryKey_IsInTheExampleOfAllAndHasADescription()
    {
        HashSet<string> written = [.. Regex.Matches(KeySetTests.Everything, "([a-z][a-z0-9-]*):").Select(m => m.Groups[1].Value)];
        foreach ((string place, _) in Groups.Select(r => (r.Data.Item1, r.Data.Item2)))
        {
            Assert.Empty(KeysAt(place).Except(written));
        }

        Assert.Empty(PropertiesWithoutDescription(s_schema, "#"));
    }

    private static string[] KeysAt(string place)
    {
        JsonElement at = s_schema;
        foreach (string part in place.Split('/', StringSplitOptions.RemoveEmptyEntries))
            at = at.GetProperty(part);
        return [.. Find(at)!.Value.EnumerateObject().Select(p => p.Name)];
    }

    /// <summary>The properties of a schema, through references and alternatives.</summary>
    private static JsonElement? Find(JsonElement schema)
    {
        schema = SchemaValidator.Resolve(s_schema, schema);
        if (schema.TryGetProperty("properties", out JsonElement properties))
        {
            Assert.False(schema.GetProperty("additionalProperties").GetBoolean());
            return properties;
        }

        return schema.TryGetProperty("anyOf", out JsonElement any) ? any.EnumerateArray().Select(Find).FirstOrDefault(p => p is not null) : null;
    }

    private static IEnumerable<string> PropertiesWithoutDescription(JsonElement schema, string path)
    {
        if (schema.ValueKind == JsonValueKind.Array)
        {
            foreach ((int i, JsonElement item) in schema.EnumerateArray().Index())
            {
                foreach (string found in PropertiesWithoutDescription(item, $"{path}/{i}"))
                    yield return found;
            }
        }

        if (schema.ValueKind != JsonValueKind.Object)
            yield break;
        foreach (JsonProperty member in schema.EnumerateObject())
        {
            if (member.Name == "properties")
            {
                foreach (JsonProperty key in member.Value.EnumerateObject())
                {
                    if (!SchemaValidator.Resolve(s_schema, key.Value).TryGetProperty("description", out _) &&
                        !key.Value.TryGetProperty("description", out _))
                        yield return $"{path}/{key.Name}";
                }
            }

            foreach (string found in PropertiesWithoutDescription(member.Value, $"{path}/{member.Name}"))
                yield return found;
        }
    }

    private static string Tap(string keys) =>
        $"devices:\n  tap0:\n{(keys.StartsWith("kind", StringComparison.Ordinal) ? "" : "    kind: tap\n")}    {keys}\n";
}
