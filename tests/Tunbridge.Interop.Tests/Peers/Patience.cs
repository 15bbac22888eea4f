// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Testing;

namespace Tunbridge.Interop.Tests.Peers;

/// <summary>Waits for what other programs bring about.</summary>
internal static class Patience
{
    internal static readonly TimeSpan Long = Generous.Patience;

    /// <exception cref="TimeoutException">It never came.</exception>
    internal static async Task UntilAsync(Func<bool> condition, string what, CancellationToken cancellationToken, TimeSpan? patience = null)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(patience ?? Long);
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(50));
        while (!condition())
        {
            try
            {
                await timer.WaitForNextTickAsync(end.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException($"never came: {what}");
            }
        }
    }
}
