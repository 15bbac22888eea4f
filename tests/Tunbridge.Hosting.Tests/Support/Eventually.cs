// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Testing;

namespace Tunbridge.Hosting.Tests;

/// <summary>Waits for what other programs and threads bring about.</summary>
internal static class Eventually
{
    internal static Task Holds(Func<bool> condition, string what, Func<string>? describe = null) =>
        Generous.UntilAsync(condition, () => $"not in time: {what}\n{describe?.Invoke()}");
}
