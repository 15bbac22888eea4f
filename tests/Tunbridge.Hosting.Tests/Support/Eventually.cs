// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Hosting.Tests;

/// <summary>Waits for what other programs and threads bring about.</summary>
internal static class Eventually
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    internal static async Task Holds(Func<bool> condition, string what, Func<string>? describe = null)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        end.CancelAfter(s_patience);
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(50));
        while (!condition())
        {
            try
            {
                await timer.WaitForNextTickAsync(end.Token);
            }
            catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
            {
                Assert.Fail($"not in time: {what}\n{describe?.Invoke()}");
            }
        }
    }
}
