// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Hosting;

/// <summary>Carries out what a tunnel asks of the host, and takes it back.</summary>
/// <remarks>One for each tunnel; one caller at a time. A test's own writes down what it was asked.</remarks>
public interface ITunnelHost : IAsyncDisposable
{
    /// <summary>Takes back what tunnels of killed processes have left; called before the first demand.</summary>
    /// <param name="cancellationToken">Ends the waiting for others that change the host.</param>
    Task RecoverAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    /// <summary>Makes the host as demanded: all or nothing. What an earlier demand set and this one does not is taken back.</summary>
    /// <param name="device">The card's name.</param>
    /// <param name="demand">What is asked.</param>
    /// <param name="cancellationToken">Ends it; what was done is taken back.</param>
    /// <exception cref="Tunbridge.Changes.ChangeFailedException">It could not be done; nothing has stayed.</exception>
    Task ApplyAsync(string device, HostDemand demand, CancellationToken cancellationToken = default);

    /// <summary>Takes everything back that is not the card itself, in reverse order.</summary>
    Task UndoAsync();
}
