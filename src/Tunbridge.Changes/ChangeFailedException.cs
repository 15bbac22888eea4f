// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;

namespace Tunbridge.Changes;

/// <summary>A step, or the verification after the last one, failed; what was done has been undone.</summary>
public sealed class ChangeFailedException : IOException
{
    internal ChangeFailedException(string message, Exception? inner, Change? failed, IReadOnlyList<UndoFailure> undoFailures)
        : base(Compose(message, undoFailures), inner)
    {
        FailedChange = failed;
        UndoFailures = undoFailures;
    }

    /// <summary>The step that failed or whose effect was not there.</summary>
    public Change? FailedChange { get; }

    /// <summary>The kernel's refusal, or null when the verification failed.</summary>
    public LinuxException? Refusal => InnerException as LinuxException;

    /// <summary>Steps that could not be undone; empty when everything is as before.</summary>
    public IReadOnlyList<UndoFailure> UndoFailures { get; }

    // The kernel's refusal may end in a sentence with the remedy, or not.
    private static string Compose(string message, IReadOnlyList<UndoFailure> failures) => failures.Count == 0
        ? $"{message.TrimEnd('.')}. Everything is as it was before"
        : $"{message.TrimEnd('.')}. Not everything could be undone: {string.Join("; ", failures)}";
}
