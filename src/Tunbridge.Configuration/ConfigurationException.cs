// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Configuration;

/// <summary>A configuration file is wrong or cannot be read; every mistake in it is listed.</summary>
public sealed class ConfigurationException : Exception
{
    /// <summary>Collects the mistakes.</summary>
    /// <param name="diagnostics">At least one, in the order of the file.</param>
    public ConfigurationException(IReadOnlyList<Diagnostic> diagnostics)
        : base(string.Join('\n', diagnostics ?? throw new ArgumentNullException(nameof(diagnostics)))) =>
        Diagnostics = diagnostics;

    /// <summary>The mistakes in the order of the file.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics { get; }

    internal static ConfigurationException Whole(string path, string message) =>
        new([new Diagnostic { Path = path, Message = message }]);
}
