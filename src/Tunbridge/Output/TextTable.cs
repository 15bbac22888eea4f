// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Output;

/// <summary>Rows with columns as wide as their widest cell; the last column is never padded.</summary>
internal sealed class TextTable(params string[] headings)
{
    private const string Gap = "  ";

    private readonly List<string[]> _rows = [headings];

    internal int RowCount => _rows.Count - 1;

    internal void Add(params string[] cells)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(cells.Length, _rows[0].Length);
        _rows.Add([.. cells.Select(Terminal.OneLine)]);
    }

    internal void Write(TextWriter output)
    {
        int columns = _rows[0].Length;
        int[] widths = new int[columns];
        foreach (string[] row in _rows)
        {
            for (int i = 0; i < columns; i++)
                widths[i] = Math.Max(widths[i], row[i].Length);
        }

        foreach (string[] row in _rows)
        {
            for (int i = 0; i < columns - 1; i++)
                output.Write(row[i].PadRight(widths[i]) + Gap);
            output.WriteLine(row[^1]);
        }
    }
}
