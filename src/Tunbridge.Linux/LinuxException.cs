// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Tunbridge.Linux;

/// <summary>The kernel refused an operation: which one, on what, why, and how to mend it.</summary>
/// <remarks>
/// The message reads <c>OPERATION TARGET: error text (ERRNO). Hint</c>. Only this assembly creates it; other layers
/// add what they know with <see cref="WithHint"/>.
/// </remarks>
public sealed class LinuxException : IOException
{
    internal LinuxException(Errno errno, string operation, string target, string? kernelText = null, string? hint = null)
        : base(Compose(errno, operation, target, kernelText, hint))
    {
        Errno = errno;
        Operation = operation;
        Target = target;
        KernelText = kernelText;
        Hint = hint;
    }

    /// <summary>The error number.</summary>
    public Errno Errno { get; }

    /// <summary>
    /// The refused operation by its usual name, such as <c>TUNSETIFF</c>, <c>open</c> or <c>RTM_NEWADDR</c>.
    /// </summary>
    public string Operation { get; }

    /// <summary>What the operation was applied to: a card, a path, a namespace.</summary>
    public string Target { get; }

    /// <summary>The kernel's own words (netlink extended acknowledgement), when it gave any.</summary>
    public string? KernelText { get; }

    /// <summary>One sentence that says how to mend it, when that is known.</summary>
    public string? Hint { get; }

    /// <summary>Gives the same error with another hint, for a layer that knows more.</summary>
    /// <param name="hint">One full sentence with the remedy.</param>
    public LinuxException WithHint(string hint) => new(Errno, Operation, Target, KernelText, hint);

    /// <summary>Gives an error for a result that this process computed from several system calls.</summary>
    /// <param name="errno">The kernel's error number.</param>
    /// <param name="operation">The operation's usual name.</param>
    /// <param name="target">What it was applied to.</param>
    /// <param name="kernelText">The kernel's own words, if any.</param>
    /// <param name="hint">One sentence with the remedy, if known.</param>
    public static LinuxException Create(
        Errno errno, string operation, string target, string? kernelText = null, string? hint = null) =>
        new(errno, operation, target, kernelText, hint);

    /// <summary>The C library's text for an error number, such as "Device or resource busy".</summary>
    /// <param name="errno">The error number.</param>
    public static string Describe(Errno errno) => Marshal.GetPInvokeErrorMessage((int)errno);

    private static string Compose(Errno errno, string operation, string target, string? kernelText, string? hint)
    {
        string text = kernelText is null ? Describe(errno) : kernelText.TrimEnd('.');
        string head = target.Length == 0 ? operation : $"{operation} {target}";
        return hint is null ? $"{head}: {text} ({errno})" : $"{head}: {text} ({errno}). {hint}";
    }
}
