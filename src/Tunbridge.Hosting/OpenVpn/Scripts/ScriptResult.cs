// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Hosting.OpenVpn;

/// <summary>How a script ended.</summary>
internal readonly record struct ScriptResult
{
    /// <summary>What it returned; −1 when it did not run to its end.</summary>
    internal required int ExitCode { get; init; }

    /// <summary>Why it did not, in words; empty when it did.</summary>
    internal string Problem { get; init; }

    internal bool IsSuccess => ExitCode == 0;

    /// <summary>It will say later, in a file.</summary>
    internal bool IsDeferred => ExitCode == 2;

    internal string Describe() => string.IsNullOrEmpty(Problem) ? $"returned {ExitCode}" : Problem;
}
