// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.DropIns;

/// <summary>Says that the original program's habit has just done something surprising.</summary>
internal static class DropInWarning
{
    /// <summary>Writes one line to the terminal; nothing when error output goes elsewhere, where scripts compare it.</summary>
    /// <param name="error">The drop-in's error output.</param>
    /// <param name="text">What happened and what to do instead.</param>
    internal static void Write(TextWriter error, string text)
    {
        if (ReferenceEquals(error, Console.Error) && !Console.IsErrorRedirected)
            error.Write($"tunbridge: warning: {text}\n");
    }
}
