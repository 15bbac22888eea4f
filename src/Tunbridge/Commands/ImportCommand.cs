// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Tunbridge.Configuration;
using Tunbridge.Configuration.Exchange;

namespace Tunbridge.Commands;

/// <summary>tunbridge import: a configuration file made of what other programs' files say.</summary>
internal static class ImportCommand
{
    private const int MaximumSize = 1 << 20;

    internal static Command Create()
    {
        Argument<string[]> files = new("FILE")
        {
            Description = "Shell scripts with tunctl, ifconfig or ip lines, ifupdown's interfaces, .netdev and .network files; - for standard input",
            Arity = ArgumentArity.OneOrMore,
        };
        Command command = new("import", "Print a configuration file made from other programs' files; says what it could not carry over")
        {
            files,
        };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(files)));
        return command.WithExamples(
            ("tunbridge import /etc/init.d/config_tap > tunbridge.yaml", "from a boot script; nothing of it is run"),
            ("tunbridge import /etc/systemd/network/tap0.netdev /etc/systemd/network/tap0.network", "from systemd-networkd"),
            ("tunbridge import /etc/network/interfaces", "from ifupdown"));
    }

    private static int Run(string[] files)
    {
        ImportResult result = Importer.Import([.. files.Select(Read)]);
        foreach (Diagnostic note in result.Notes)
            Console.Error.WriteLine($"{note.Path}:{note.Line}: {note.Message}");
        if (result.Cards.Count == 0)
            throw new RefusedException("no card was found in what was given");
        Console.Out.Write(result.Yaml);
        return ExitCode.Done;
    }

    private static ImportSource Read(string path)
    {
        try
        {
            using Stream stream = path == "-" ? Console.OpenStandardInput() : File.OpenRead(path);
            return new() { Path = path == "-" ? "(standard input)" : path, Text = ReadText(path, stream) };
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new RefusedException($"{path}: there is no such file");
        }
        catch (UnauthorizedAccessException) when (Directory.Exists(path))
        {
            throw new RefusedException($"{path}: this is a directory, allowed are files");
        }
    }

    // A length is not asked for: /dev/zero and pipes have none.
    private static string ReadText(string path, Stream stream)
    {
        byte[] bytes = new byte[MaximumSize + 1];
        int length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (length > MaximumSize)
            throw new RefusedException($"{path}: it has more than {MaximumSize} bytes, the most that is allowed");
        using StreamReader reader = new(new MemoryStream(bytes, 0, length));
        return reader.ReadToEnd();
    }
}
