// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;

namespace Tunbridge.Devices.Tests;

/// <summary>What every refusal must tell: operation, card, cause and remedy.</summary>
internal static class Expect
{
    /// <param name="errno">The kernel's error.</param>
    /// <param name="operation">The operation as the message names it.</param>
    /// <param name="card">The card, or what else it was applied to.</param>
    /// <param name="remedy">A part of the sentence that says how to mend it.</param>
    /// <param name="action">What is refused.</param>
    internal static LinuxException Refused(Errno errno, string operation, string card, string remedy, Action action)
    {
        LinuxException error = Assert.Throws<LinuxException>(action);
        Assert.Equal(errno, error.Errno);
        Assert.Equal(operation, error.Operation);
        Assert.Equal(card, error.Target);
        Assert.NotNull(error.Hint);
        Assert.Contains(remedy, error.Hint, StringComparison.Ordinal);
        Assert.StartsWith($"{operation} {card}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains($"({errno}). ", error.Message, StringComparison.Ordinal);
        return error;
    }
}
