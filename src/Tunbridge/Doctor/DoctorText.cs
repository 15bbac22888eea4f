// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Output;

namespace Tunbridge.Doctor;

/// <summary>The report as text: a line a check, then, where it is not ok, evidence and what mends it.</summary>
internal static class DoctorText
{
    private const string Indent = "      ";

    /// <summary>Writes the report.</summary>
    public static void Write(DoctorReport report, TextWriter output)
    {
        int width = report.Checks.Max(c => c.Id.Length);
        foreach (Check check in report.Checks)
        {
            // The colour's escapes must not count for the column.
            string word = check.Status.Word();
            output.Write(Terminal.Paint(word, ColourOf(check.Status)) + new string(' ', 4 - word.Length));
            output.WriteLine($"  {check.Id.PadRight(width)}  {check.Summary}");
            foreach (string note in check.Notes)
                output.WriteLine($"{Indent}{note}");
            if (check.Status is CheckStatus.Warn or CheckStatus.Fail)
                WriteDetails(check, output);
        }

        output.WriteLine();
        output.WriteLine(Verdict(report));
    }

    private static void WriteDetails(Check check, TextWriter output)
    {
        if (check.Evidence.Count > 0)
        {
            int width = check.Evidence.Max(e => e.Key.Length);
            foreach ((string what, string value) in check.Evidence)
                output.WriteLine($"{Indent}{what.PadRight(width)}  {value}");
        }

        if (check.Fix is not { } fix)
            return;
        output.WriteLine($"{Indent}→ fix: {fix.Explanation}");
        foreach (string command in fix.Commands)
            output.WriteLine($"{Indent}    {command}");
        if (fix.Repairs.Count > 0)
            output.WriteLine($"{Indent}  (`tunbridge doctor --fix` asks and does it)");
    }

    private static string Verdict(DoctorReport report)
    {
        int warnings = report.Checks.Count(c => c.Status == CheckStatus.Warn);
        string remarks = warnings switch
        {
            0 => "",
            1 => ", with one warning",
            _ => $", with {warnings} warnings",
        };
        return report.IsUsable
            ? $"Cards are usable here{remarks}."
            : $"Not usable: {string.Join(", ", report.Checks.Where(c => c.Status == CheckStatus.Fail).Select(c => c.Id))}{remarks}.";
    }

    private static Colour ColourOf(CheckStatus status) => status switch
    {
        CheckStatus.Ok => Colour.Green,
        CheckStatus.Warn => Colour.Yellow,
        CheckStatus.Fail => Colour.Red,
        _ => Colour.Grey,
    };
}
