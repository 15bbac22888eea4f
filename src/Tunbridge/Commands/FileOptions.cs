// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Tunbridge.Configuration;

namespace Tunbridge.Commands;

/// <summary>Which file, which instance and which of its cards: the same for up, down and status.</summary>
internal sealed class FileOptions
{
    private readonly Argument<string[]> _devices = new("DEVICE")
    {
        Description = "Only these cards of the file",
        Arity = ArgumentArity.ZeroOrMore,
        HelpName = "DEVICE",
    };

    private readonly Option<string?> _file = new("--file", "-f")
    {
        Description = $"The file; else {ConfigurationFile.DefaultPath}, else the embedded default (tap0, 192.168.0.1/24)",
        HelpName = "FILE",
    };

    private readonly Option<string?> _name = new("--name")
    {
        Description = "The instance that the cards belong to; else a hash of the file's path",
        HelpName = "NAME",
    };

    internal FileOptions()
    {
        _file.NotEmpty();
        _name.NotEmpty();
        _devices.CompletionSources.Add(context => TryLoad(context.ParseResult).Select(
            d => new System.CommandLine.Completions.CompletionItem(d.Name)));
    }

    internal void AddTo(Command command)
    {
        command.Add(_devices);
        AddFileTo(command);
    }

    /// <summary>Without the cards.</summary>
    internal void AddFileTo(Command command)
    {
        command.Add(_file);
        command.Add(_name);
    }

    /// <summary>Reads the file.</summary>
    /// <exception cref="ConfigurationException">It is wrong or unreadable.</exception>
    internal DesiredState Load(ParseResult parsed) => ConfigurationFile.Load(parsed.GetValue(_file), parsed.GetValue(_name));

    internal PlanOptions Plan(ParseResult parsed, bool force = false) =>
        new() { Force = force, Devices = parsed.GetValue(_devices) ?? [] };

    /// <summary>Whether only some cards of the file are meant.</summary>
    internal bool NamesCards(ParseResult parsed) => parsed.GetValue(_devices) is { Length: > 0 };

    private IReadOnlyList<DeviceDefinition> TryLoad(ParseResult parsed)
    {
        try
        {
            return Load(parsed).Devices;
        }
        catch (ConfigurationException)
        {
            // Completion is silent: the command itself tells what is wrong with the file.
            return [];
        }
    }
}
