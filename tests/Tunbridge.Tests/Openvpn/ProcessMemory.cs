// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Tunbridge.Tests.Openvpn;

/// <summary>Searches all that another process has in its memory, through /proc.</summary>
internal static class ProcessMemory
{
    private const int BlockSize = 1 << 20, After = 8;

    // What one arena of glibc's malloc has room for, and is aligned to.
    private const long ArenaSize = 64L << 20;

    /// <summary>A place where something was found.</summary>
    /// <param name="Mapping">The mapping's line of /proc/PID/maps: says where, and nothing of what.</param>
    /// <param name="Flags">Its flags: "lo" is locked, "dd" kept out of dumps.</param>
    /// <param name="IsNative">It is in the heap of the C library, in which OpenSSL has its keys.</param>
    /// <param name="Next">The bytes behind it.</param>
    internal sealed record Hit(string Mapping, string[] Flags, bool IsNative, byte[] Next)
    {
        internal bool IsGuarded => Flags.Contains("dd");

        internal bool IsLocked => Flags.Contains("lo");

        public override string ToString() => $"{Mapping} ({string.Join(' ', Flags)})";
    }

    /// <summary>Whether this machine lets one look.</summary>
    internal static bool CanRead(int process)
    {
        try
        {
            using FileStream memory = Open(process);
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>All places of each pattern.</summary>
    internal static IReadOnlyList<Hit>[] Search(int process, params byte[][] patterns)
    {
        List<Hit>[] found = [.. patterns.Select(_ => new List<Hit>())];
        int overlap = patterns.Max(p => p.Length) + After;
        byte[] block = new byte[BlockSize];
        using FileStream memory = Open(process);
        IReadOnlyList<Mapping> mappings = Mappings(process);
        for (int m = 0; m < mappings.Count; m++)
        {
            if (!mappings[m].IsWritten)
                continue;
            (long start, long end) = (mappings[m].Start, mappings[m].End);
            Hit here = new(mappings[m].Line, mappings[m].Flags, IsNative(mappings, m), []);
            for (long at = start; at < end;)
            {
                int length = Read(memory, at, block.AsSpan(0, (int)Math.Min(block.Length, end - at)));
                if (length == 0)
                    break;      // unmapped since, or not to be read
                bool isLast = at + length >= end;
                for (int i = 0; i < patterns.Length; i++)
                    Collect(block.AsSpan(0, length), patterns[i], isLast ? length : length - overlap, found[i], here);
                if (isLast || length <= overlap)
                    break;
                at += length - overlap;
            }
        }

        return found;
    }

    // Only those that begin before the limit: the others come again with the next block.
    private static void Collect(ReadOnlySpan<byte> block, byte[] pattern, int limit, List<Hit> found, Hit here)
    {
        for (int from = 0; ;)
        {
            int at = block[from..].IndexOf(pattern);
            if (at < 0 || from + at >= limit)
                return;
            from += at + 1;
            ReadOnlySpan<byte> next = block[(from - 1 + pattern.Length)..];
            found.Add(here with { Next = next[..Math.Min(After, next.Length)].ToArray() });
        }
    }

    private static int Read(FileStream memory, long at, Span<byte> block)
    {
        try
        {
            memory.Position = at;
            return memory.ReadAtLeast(block, block.Length, throwOnEndOfStream: false);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static FileStream Open(int process) => new($"/proc/{process}/mem", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0);

    // The main arena; or another's part in use, with the rest of its room behind it.
    private static bool IsNative(IReadOnlyList<Mapping> all, int index)
    {
        Mapping one = all[index];
        long end = index + 1 < all.Count && all[index + 1].Start == one.End && !all[index + 1].IsReadable ? all[index + 1].End : one.End;
        return one.Line.EndsWith("[heap]", StringComparison.Ordinal) || (one.Start % ArenaSize == 0 && end == one.Start + ArenaSize);
    }

    private static List<Mapping> Mappings(int process)
    {
        List<Mapping> mappings = [];
        string head = "";
        foreach (string line in File.ReadLines($"/proc/{process}/smaps"))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length >= 5 && words[0].Contains('-', StringComparison.Ordinal))
                head = line;
            else if (words[0] == "VmFlags:")
                mappings.Add(new Mapping(head, words[1..]));
        }

        return mappings;
    }

    private sealed class Mapping(string line, string[] flags)
    {
        private readonly string[] _words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

        internal string Line => line;

        internal string[] Flags => flags;

        internal long Start => Parse(0);

        internal long End => Parse(1);

        internal bool IsReadable => flags.Contains("rd");

        // What a program cannot have written into is not looked at: code and constants of files.
        internal bool IsWritten => IsReadable && (flags.Contains("wr") || _words.Length == 5);

        private long Parse(int end) => long.Parse(_words[0].Split('-')[end], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }
}
