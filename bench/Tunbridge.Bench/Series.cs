// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Bench;

/// <summary>What one side measured, run after run; the n-th values of two sides were measured one after the other.</summary>
internal sealed class Series(string name, string unit)
{
    private readonly List<double> _values = [];

    internal string Name { get; } = name;

    internal string Unit { get; } = unit;

    internal IReadOnlyList<double> Values => _values;

    internal double Median => MedianOf(_values);

    internal double Minimum => _values.Min();

    internal double Maximum => _values.Max();

    internal void Add(double value) => _values.Add(value);

    /// <summary>The ratios of this side to another, pair by pair.</summary>
    internal double[] PairRatios(Series other) => [.. _values.Zip(other._values, static (a, b) => a / b)];

    internal static double MedianOf(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
