// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;

namespace Tunbridge.Bench;

/// <summary>Prints each part as it ends, keeps the budgets for the verdict and the JSON.</summary>
internal sealed class Report(int pairs)
{
    private readonly List<(string Title, Series[] Sides, Budget[] Budgets)> _parts = [];
    private readonly List<string> _skipped = [];

    internal bool AllHold => _parts.All(p => p.Budgets.All(b => b.Holds));

    internal void Skip(string what)
    {
        _skipped.Add(what);
        Console.WriteLine($"skipped: {what}");
    }

    internal void Add(string title, Series[] sides, params Budget[] budgets)
    {
        _parts.Add((title, sides, budgets));
        Console.WriteLine();
        Console.WriteLine(title);
        foreach (Series side in sides)
            Console.WriteLine(Text($"  {side.Name,-34} {Round(side.Median),10} {side.Unit,-6} ({Round(side.Minimum)} .. {Round(side.Maximum)})"));
        foreach (Budget budget in budgets)
            Console.WriteLine("  " + Line(budget));
    }

    internal void PrintVerdict()
    {
        Console.WriteLine();
        Console.WriteLine($"medians of {pairs} interleaved runs (min .. max); a ratio is of the medians, its spread of the pairs");
        foreach (string what in _skipped)
            Console.WriteLine($"skipped: {what}");
        foreach ((string title, _, Budget[] budgets) in _parts)
        {
            foreach (Budget budget in budgets.Where(b => !b.Holds))
                Console.WriteLine($"MISSED: {title}: {Line(budget)}");
        }
    }

    internal void WriteJson(string path)
    {
        using FileStream file = File.Create(path);
        using Utf8JsonWriter json = new(file, new() { Indented = true });
        json.WriteStartObject();
        json.WriteNumber("schemaVersion", 1);
        json.WriteNumber("pairs", pairs);
        json.WriteString("kernel", Environment.OSVersion.Version.ToString());
        json.WriteNumber("processors", Environment.ProcessorCount);
        json.WriteStartArray("skipped");
        _skipped.ForEach(json.WriteStringValue);
        json.WriteEndArray();
        json.WriteStartArray("parts");
        foreach ((string title, Series[] sides, Budget[] budgets) in _parts)
        {
            json.WriteStartObject();
            json.WriteString("title", title);
            json.WriteStartArray("sides");
            foreach (Series side in sides)
                WriteSide(json, side);
            json.WriteEndArray();
            json.WriteStartArray("budgets");
            foreach (Budget budget in budgets)
                WriteBudget(json, budget);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteSide(Utf8JsonWriter json, Series side)
    {
        json.WriteStartObject();
        json.WriteString("name", side.Name);
        json.WriteString("unit", side.Unit);
        json.WriteNumber("median", side.Median);
        json.WriteNumber("minimum", side.Minimum);
        json.WriteNumber("maximum", side.Maximum);
        json.WriteStartArray("values");
        foreach (double value in side.Values)
            json.WriteNumberValue(value);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteBudget(Utf8JsonWriter json, Budget budget)
    {
        json.WriteStartObject();
        json.WriteString("side", budget.Side.Name);
        if (budget.Against is Series against)
        {
            json.WriteString("against", against.Name);
            json.WriteNumber("medianOfPairRatios", Series.MedianOf(budget.Side.PairRatios(against)));
        }

        json.WriteNumber("value", budget.Value);
        if (budget.Limit is double limit)
        {
            json.WriteString("must", budget.AtLeast ? "at least" : "at most");
            json.WriteNumber("limit", limit);
        }

        json.WriteBoolean("holds", budget.Holds);
        json.WriteEndObject();
    }

    private static string Line(Budget budget)
    {
        string verdict = budget.Limit is null
            ? ""
            : Text($", must be {(budget.AtLeast ? "≥" : "≤")} {budget.Limit}: {(budget.Holds ? "ok" : "MISSED")}");
        if (budget.Against is not Series against)
            return Text($"{budget.Side.Name}: {Round(budget.Value)} {budget.Side.Unit}{verdict}");
        double[] ratios = budget.Side.PairRatios(against);
        return Text($"{budget.Side.Name} / {against.Name}: {budget.Value:0.000} ({ratios.Min():0.000} .. {ratios.Max():0.000}, median of pairs {Series.MedianOf(ratios):0.000}){verdict}");
    }

    private static string Round(double value) => value.ToString(
        value switch { >= 100 => "0", >= 10 => "0.0", >= 1 => "0.00", _ => "0.0000" }, CultureInfo.InvariantCulture);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
