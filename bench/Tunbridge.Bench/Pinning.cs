// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Tunbridge.Bench;

/// <summary>Keeps programs on a processor each.</summary>
internal static class Pinning
{
    internal static bool IsPossible => Environment.ProcessorCount > 1 && Command.Exists("taskset");

    /// <summary>Words to start a program with.</summary>
    internal static string[] To(int processor) =>
        IsPossible ? ["taskset", "-c", processor.ToString(CultureInfo.InvariantCulture)] : [];
}
