// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace Tunbridge.Bench;

/// <summary>A tunnel with certain programs at its ends, and what it reached.</summary>
internal sealed class TunnelSide(string name, string client, string server) : IDisposable
{
    internal string Name { get; } = name;

    /// <summary>"openvpn", "best" or "openssl".</summary>
    internal string ClientProvider { get; } = client;

    /// <summary>Likewise.</summary>
    internal string ServerProvider { get; } = server;

    internal bool IsOursAtBothEnds => ClientProvider != "openvpn" && ServerProvider != "openvpn";

    /// <summary>The address of the server's end, inside the tunnel.</summary>
    internal string Address { get; set; } = "";

    internal Process? Client { get; set; }

    internal Process? Server { get; set; }

    internal Series Upload { get; } = new(name, "Gbit/s");

    internal Series Download { get; } = new(name, "Gbit/s");

    internal Series Eight { get; } = new(name, "Gbit/s");

    internal Series Packets { get; } = new(name, "kpps");

    internal Series MicrosecondsPerPacket { get; } = new(name, "µs");

    internal Series RoundTrip { get; } = new(name, "µs");

    internal Series SecondsPerGibibyte { get; } = new(name, "s/GiB");

    internal Series Memory { get; } = new(name, "MiB");

    public void Dispose()
    {
        foreach (Process? process in (Process?[])[Client, Server])
        {
            if (process is null)
                continue;
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
    }
}
