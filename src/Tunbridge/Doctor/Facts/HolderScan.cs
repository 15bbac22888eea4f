// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Tunbridge.Doctor.Facts;

/// <summary>Finds who has a card open: the driver writes <c>iff: NAME</c> into /proc/PID/fdinfo/FD.</summary>
internal static class HolderScan
{
    /// <summary>The processes that hold a card of this name, as far as this user may see them.</summary>
    /// <param name="root">The machine.</param>
    /// <param name="card">The card's name.</param>
    /// <remarks>
    /// Names repeat in other network namespaces. Holders that live in this one are preferred; only when there is none
    /// are others given, since a program may serve a card of a namespace that it is not in itself.
    /// </remarks>
    public static IReadOnlyList<CardHolder> Find(DoctorRoot root, string card)
    {
        string? here = ReadLink(root.At("/proc/thread-self/ns/net"));
        List<CardHolder> inside = [], outside = [];
        foreach (string entry in root.List("/proc"))
        {
            if (!int.TryParse(entry, NumberStyles.None, CultureInfo.InvariantCulture, out int processId) || !Holds(root, entry, card))
                continue;
            bool isInside = here is not null && ReadLink(root.At($"/proc/{entry}/ns/net")) == here;
            (isInside ? inside : outside).Add(new()
            {
                ProcessId = processId,
                Command = CommandOf(root, entry),
                Unit = UnitOf(root, entry),
            });
        }

        return inside.Count > 0 ? inside : outside;
    }

    private static bool Holds(DoctorRoot root, string process, string card)
    {
        foreach (string number in root.List($"/proc/{process}/fd"))
        {
            // Sockets, pipes and anonymous files have no slash in front; the node always has.
            if (ReadLink(root.At($"/proc/{process}/fd/{number}")) is not ['/', ..])
                continue;
            foreach (string line in root.ReadLines($"/proc/{process}/fdinfo/{number}"))
            {
                if (line.StartsWith("iff:", StringComparison.Ordinal) && line.AsSpan(4).Trim().SequenceEqual(card))
                    return true;
            }
        }

        return false;
    }

    private static string CommandOf(DoctorRoot root, string process)
    {
        string command = (root.ReadText($"/proc/{process}/cmdline") ?? "").Replace('\0', ' ').Trim();
        return command.Length > 0 ? command : root.ReadWord($"/proc/{process}/comm") ?? "?";
    }

    private static string? UnitOf(DoctorRoot root, string process)
    {
        foreach (string line in root.ReadLines($"/proc/{process}/cgroup"))
        {
            string? unit = line.Split('/').LastOrDefault(p => p.EndsWith(".service", StringComparison.Ordinal) ||
                p.EndsWith(".scope", StringComparison.Ordinal));
            if (unit is not null)
                return unit;
        }

        return null;
    }

    private static string? ReadLink(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The process ended meanwhile, or is another user's.
            return null;
        }
    }
}
