// SPDX-License-Identifier: Apache-2.0
using static Tunbridge.DropIns.InterfaceRequest;

namespace Tunbridge.DropIns;

/// <summary>net-tools' ifconfig 2.10: shows and sets interfaces, to the byte of its output and exit code.</summary>
/// <remarks>It uses the same ioctls in the same order, so that a refusal is the kernel's and reads the same.</remarks>
public static class IfconfigCommand
{
    private const string Version = "net-tools 2.10\n";

    /// <summary>Runs one command line in the calling thread's network namespace.</summary>
    /// <param name="argv0">The program's name as typed; the original's messages do not use it.</param>
    /// <param name="args">The arguments after it.</param>
    /// <param name="output">Standard output.</param>
    /// <param name="error">Standard error.</param>
    /// <returns>0 done; 1 something failed; 3 wrong usage; 255 a flag could not be read or set.</returns>
    public static int Run(string argv0, ReadOnlySpan<string> args, TextWriter output, TextWriter error)
    {
        ArgumentNullException.ThrowIfNull(argv0);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(error);
        bool all = false, brief = false, verbose = false;
        for (; args.Length > 0 && args[0].StartsWith('-'); args = args[1..])
        {
            switch (args[0])
            {
                case "-a":
                    all = true;
                    break;
                case "-s":
                    brief = true;
                    break;
                case "-v":
                    verbose = true;
                    break;
                case "-V" or "--version":
                    output.Write(Version);
                    return 0;
                case "-?" or "-h" or "--help":
                    IfconfigUsage.Write(output, error);
                    return 0;
                default:
                    error.Write($"ifconfig: option `{args[0]}' not recognised.\n{IfconfigUsage.Hint}");
                    return 1;
            }
        }

        using InterfaceSockets sockets = new();
        InterfaceCatalog catalog = new(sockets, error);
        if (args.Length > 1)
            return Set(sockets, catalog, args, verbose, error);
        if (brief)
            output.Write(IfconfigRenderer.ShortHeader);
        return args.Length == 0
            ? ShowAll(sockets, catalog, all, brief, output, error)
            : ShowOne(sockets, catalog, InterfaceNames.Cut(args[0], error), brief, output, error);
    }

    private static int Set(
        InterfaceSockets sockets, InterfaceCatalog catalog, ReadOnlySpan<string> args, bool verbose, TextWriter error)
    {
        IfconfigSettings settings = new(sockets, catalog, InterfaceNames.Cut(args[0], error), args[1..].ToArray(), error);
        int result = settings.Apply(out bool finished);
        if (finished && verbose && result != 0)
            error.Write($"WARNING: at least one error occured. ({result})\n");
        // A process's exit code is eight bits, so -1 arrives as 255.
        return result & 0xFF;
    }

    private static int ShowAll(
        InterfaceSockets sockets, InterfaceCatalog catalog, bool all, bool brief, TextWriter output, TextWriter error)
    {
        foreach (string name in catalog.List())
        {
            InterfaceReading? reading = InterfaceReading.TryRead(sockets, name, error);
            if (reading is null)
                return 1;
            if (all || reading.Has(IFF_UP))
                Show(reading, catalog, brief, output);
        }

        return 0;
    }

    private static int ShowOne(
        InterfaceSockets sockets, InterfaceCatalog catalog, string name, bool brief, TextWriter output, TextWriter error)
    {
        if (!catalog.TryRead() || InterfaceReading.TryRead(sockets, name, error) is not { } reading)
            return 1;
        Show(reading, catalog, brief, output);
        return 0;
    }

    private static void Show(InterfaceReading reading, InterfaceCatalog catalog, bool brief, TextWriter output)
    {
        InterfaceCounters? counters = catalog.FindCounters(reading.Name);
        output.Write(brief ? IfconfigRenderer.Short(reading, counters) : IfconfigRenderer.Long(reading, counters));
    }
}
