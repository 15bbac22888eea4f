// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Service;

/// <summary>What is to be started at boot, and by which name.</summary>
internal sealed record ServiceRequest
{
    /// <summary>The service's name unless another is asked for.</summary>
    internal const string DefaultName = "tunbridge";

    /// <summary>The run levels of the script that everyone copied.</summary>
    internal const string DefaultLevels = "2345";

    /// <summary>The name of unit or script.</summary>
    internal string Name { get; init; } = DefaultName;

    /// <summary>The instance that its cards belong to (<c>--name</c>); null for that of the file.</summary>
    internal string? Instance { get; init; }

    /// <summary>The configuration file; null for the one in /etc.</summary>
    internal string? File { get; init; }

    /// <summary>The run levels in which a SysV script is started, such as 345.</summary>
    internal string Levels { get; init; } = DefaultLevels;

    /// <summary>The program's absolute path.</summary>
    internal required string Program { get; init; }

    /// <summary>How people read which file it is.</summary>
    internal string FileText => File ?? Configuration.ConfigurationFile.DefaultPath;

    /// <summary>What is wrong with a name for a service, null when it is fine.</summary>
    internal static string? FindNameMistake(string name)
    {
        // '@' makes a template of a unit; a dot would be read as the unit's type, and hides a script.
        bool fine = name.Length is > 0 and <= 64 && char.IsAsciiLetterOrDigit(name[0]) &&
            name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
        return fine ? null : $"'{name}' is no name of a service, allowed are 1 to 64 letters, digits, - and _, a letter or digit first";
    }

    /// <summary>What is wrong with a path for a unit or script, null when it is fine.</summary>
    internal static string? FindPathMistake(string path) =>
        path.StartsWith('/') && !path.Any(char.IsControl)
            ? null
            : $"'{path}' is no path for a service, allowed is one from / on, without control characters";

    /// <summary>What is wrong with run levels, null when they are fine.</summary>
    internal static string? FindLevelsMistake(string levels) =>
        levels.Length > 0 && levels.All(c => c is >= '1' and <= '5') && levels.Distinct().Count() == levels.Length
            ? null
            : $"'{levels}' are no run levels, allowed are digits from 1 to 5, each once, such as 345";
}
