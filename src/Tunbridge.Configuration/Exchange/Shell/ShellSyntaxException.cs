// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Configuration.Exchange.Shell;

/// <summary>A script goes beyond what is read here.</summary>
internal sealed class ShellSyntaxException(int line, string message) : Exception(message)
{
    internal int Line { get; } = line;
}
