// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Tunbridge.Configuration.Tests;

/// <summary>As much of JSON Schema as the published one uses; a keyword that it does not know is an error.</summary>
internal static class SchemaValidator
{
    private static readonly string[] s_notes = ["$schema", "$defs", "title", "description"];

    internal static IReadOnlyList<string> Validate(JsonElement schema, object? value)
    {
        List<string> errors = [];
        Check(schema, schema, value, "$", errors);
        return errors;
    }

    internal static JsonElement Resolve(JsonElement root, JsonElement schema) =>
        schema.TryGetProperty("$ref", out JsonElement reference)
            ? root.GetProperty("$defs").GetProperty(reference.GetString()!["#/$defs/".Length..])
            : schema;

    private static void Check(JsonElement root, JsonElement schema, object? value, string at, List<string> errors)
    {
        foreach (JsonProperty keyword in schema.EnumerateObject())
        {
            JsonElement rule = keyword.Value;
            bool isFine = keyword.Name switch
            {
                "$ref" => IsValid(root, Resolve(root, schema), value, at, errors),
                "type" => Types(rule).Any(t => IsOf(t, value)),
                "enum" => rule.EnumerateArray().Any(e => AreEqual(e, value)),
                "const" => AreEqual(rule, value),
                "minimum" => value is not long n || n >= rule.GetInt64(),
                "maximum" => value is not long n || n <= rule.GetInt64(),
                "pattern" => value is not string s || Regex.IsMatch(s, rule.GetString()!),
                "minLength" => value is not string s || s.Length >= rule.GetInt32(),
                "maxLength" => value is not string s || s.Length <= rule.GetInt32(),
                "minItems" => value is not List<object?> l || l.Count >= rule.GetInt32(),
                "maxProperties" => value is not Dictionary<string, object?> d || d.Count <= rule.GetInt32(),
                "required" => value is not Dictionary<string, object?> d || rule.EnumerateArray().All(k => d.ContainsKey(k.GetString()!)),
                "anyOf" => rule.EnumerateArray().Any(s => IsValid(root, s, value, at, [])),
                "items" => value is not List<object?> l || l.All(i => IsValid(root, rule, i, at + "[]", errors)),
                "properties" => value is not Dictionary<string, object?> d || rule.EnumerateObject().All(p =>
                    !d.TryGetValue(p.Name, out object? member) || IsValid(root, p.Value, member, $"{at}.{p.Name}", errors)),
                "additionalProperties" => value is not Dictionary<string, object?> d || d.All(m =>
                    (schema.TryGetProperty("properties", out JsonElement known) && known.TryGetProperty(m.Key, out _)) ||
                    (rule.ValueKind != JsonValueKind.False && IsValid(root, rule, m.Value, $"{at}.{m.Key}", errors))),
                string name when s_notes.Contains(name) => true,
                string name => throw new InvalidOperationException($"the validator does not know {name}"),
            };
            if (!isFine)
                errors.Add($"{at}: {keyword.Name} {rule}");
        }
    }

    private static bool IsValid(JsonElement root, JsonElement schema, object? value, string at, List<string> errors)
    {
        int before = errors.Count;
        Check(root, schema, value, at, errors);
        return errors.Count == before;
    }

    private static IEnumerable<string> Types(JsonElement rule) => rule.ValueKind == JsonValueKind.Array
        ? rule.EnumerateArray().Select(t => t.GetString()!)
        : [rule.GetString()!];

    private static bool IsOf(string type, object? value) => type switch
    {
        "null" => value is null,
        "boolean" => value is bool,
        "integer" => value is long,
        "number" => value is long or double,
        "string" => value is string,
        "array" => value is List<object?>,
        "object" => value is Dictionary<string, object?>,
        _ => throw new InvalidOperationException($"the validator does not know the type {type}"),
    };

    private static bool AreEqual(JsonElement rule, object? value) => rule.ValueKind switch
    {
        JsonValueKind.String => value is string s && s == rule.GetString(),
        JsonValueKind.Number => value is long n && n == rule.GetInt64(),
        JsonValueKind.True => value is true,
        JsonValueKind.False => value is false,
        _ => value is null,
    };
}
