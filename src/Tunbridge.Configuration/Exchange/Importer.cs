// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Configuration.Exchange.Shell;

namespace Tunbridge.Configuration.Exchange;

/// <summary>Makes a configuration file of what other programs' files say about cards.</summary>
/// <remarks>
/// Nothing is run: a shell script is walked as if it were called with <c>start</c>, its variables and functions resolved.
/// Stateless and thread-safe.
/// </remarks>
public static class Importer
{
    /// <summary>Reads all sources into one configuration file; later ones add to earlier ones.</summary>
    /// <param name="sources">The texts, in the order in which the system would read them.</param>
    public static ImportResult Import(IReadOnlyList<ImportSource> sources)
    {
        ArgumentNullException.ThrowIfNull(sources);
        DraftBook book = new();
        NetworkdReader networkd = new(book);
        ShellRunner shell = new(book, new CommandReader(book));
        // A .network file may stand before the .netdev file that makes its card.
        foreach (ImportSource source in sources.Where(s => NetworkdReader.Recognizes(s) && NetworkdReader.IsNetdev(s)))
            networkd.ReadNetdev(source);
        foreach (ImportSource source in sources)
        {
            if (NetworkdReader.Recognizes(source))
            {
                if (!NetworkdReader.IsNetdev(source))
                    networkd.ReadNetwork(source);
            }
            else if (IfupdownReader.Recognizes(source.Text))
            {
                new IfupdownReader(book, shell).Read(source);
            }
            else
            {
                shell.Run(source.Path, source.Text);
            }
        }

        IReadOnlyList<CardDraft> cards = book.Finish();
        string yaml = new DraftYaml(book).Write(cards, sources.Select(s => s.Path));
        return new()
        {
            Yaml = yaml,
            Cards = [.. cards.Select(c => c.Name)],
            Notes = [.. book.Notes.OrderBy(n => sources.TakeWhile(s => s.Path != n.Path).Count()).ThenBy(n => n.Line)],
        };
    }
}
