// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.DropIns.Openvpn;

/// <summary>A client or a server, as the program runs it.</summary>
internal interface IRunningTunnel : IAsyncDisposable
{
    /// <summary>Runs it until it is told to end, or ends by itself.</summary>
    /// <param name="stop">Has it end.</param>
    /// <returns>Null when it was told to; the program's exit code when it ended by itself.</returns>
    Task<int?> RunAsync(CancellationToken stop);

    /// <summary>Connects again in place, as far as it can.</summary>
    /// <returns>False: it has to be ended and made anew.</returns>
    bool TryRestart();

    /// <summary>The text of a status file.</summary>
    /// <param name="version">Its form: 1, 2 or 3.</param>
    string DescribeStatus(int version);

    /// <summary>What the data path has dropped, by reason; empty when nothing was.</summary>
    string DescribeDrops();

    /// <summary>How it is, for a supervisor.</summary>
    TunnelReport Report();
}
