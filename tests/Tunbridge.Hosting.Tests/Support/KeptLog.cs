// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Tunbridge.Hosting.Tests;

/// <summary>A tunnel's lines, kept.</summary>
internal sealed class KeptLog : ITunnelLog
{
    private readonly StringBuilder _lines = new();

    public void Write(int verbosity, string line)
    {
        Assert.DoesNotContain(line, char.IsControl);
        lock (_lines)
            _lines.Append(verbosity).Append(' ').AppendLine(line);
    }

    internal string Text
    {
        get
        {
            lock (_lines)
                return _lines.ToString();
        }
    }

    internal bool HasSaid(string words) => Text.Contains(words, StringComparison.Ordinal);

    internal int Count(string words) => Text.Split(words).Length - 1;
}
