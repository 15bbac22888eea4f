// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Tunbridge.Linux;
using Tunbridge.Output;

namespace Tunbridge.Serve;

/// <summary>What the service manager is told (sd_notify(3)) and keeps for us; nothing where there is none.</summary>
internal sealed class ServiceNotifier : IDisposable
{
    private const string CarrierPrefix = "carrier-";
    private const int FirstPassed = 3;

    private readonly NotifySocket? _socket;

    private ServiceNotifier(NotifySocket? socket, TimeSpan? watchdog)
    {
        _socket = socket;
        WatchdogPeriod = watchdog;
    }

    /// <summary>How often the manager wants a sign of life, halved as it asks; null for never.</summary>
    internal TimeSpan? WatchdogPeriod { get; }

    internal static ServiceNotifier Open()
    {
        string? address = Environment.GetEnvironmentVariable("NOTIFY_SOCKET");
        if (string.IsNullOrEmpty(address))
            return new(null, null);
        try
        {
            return new(NotifySocket.Open(address), ReadWatchdog());
        }
        catch (ArgumentException e)
        {
            Terminal.Warn($"NOTIFY_SOCKET: {e.Message}");
            return new(null, null);
        }
    }

    internal void Ready(string status) => Send($"READY=1\nSTATUS={Terminal.OneLine(status)}");

    /// <summary>The same, with the process that is the service: one that was started by another.</summary>
    internal void ReadyAs(int processId, string status) =>
        Send(string.Create(CultureInfo.InvariantCulture, $"READY=1\nSTATUS={Terminal.OneLine(status)}\nMAINPID={processId}"));

    internal void Status(string status) => Send($"STATUS={Terminal.OneLine(status)}");

    // CLOCK_MONOTONIC is what Stopwatch reads on Linux; the manager tells by it that READY=1 is the answer to this.
    internal void Reloading() => Send(string.Create(
        CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={(long)(Stopwatch.GetTimestamp() * (1e6 / Stopwatch.Frequency))}"));

    internal void Watchdog() => Send("WATCHDOG=1");

    internal void Stopping(string status) => Send($"STOPPING=1\nSTATUS={Terminal.OneLine(status)}");

    /// <summary>Has the manager wait longer for the start, from now on.</summary>
    internal void ExtendTimeout(TimeSpan time) => Send(string.Create(CultureInfo.InvariantCulture, $"EXTEND_TIMEOUT_USEC={(long)time.TotalMicroseconds}"));

    /// <summary>Has a card's queue kept over a restart.</summary>
    internal void Store(string card, FileDescriptor queue) => Send($"FDSTORE=1\nFDNAME={CarrierPrefix}{card}\nFDPOLL=0", queue);

    internal void Unstore(string card) => Send($"FDSTOREREMOVE=1\nFDNAME={CarrierPrefix}{card}");

    /// <summary>Takes back the queues that the manager kept (sd_listen_fds(3)), by their cards' names.</summary>
    internal static IReadOnlyList<(string Card, FileDescriptor Queue)> TakeStored()
    {
        if (!int.TryParse(Environment.GetEnvironmentVariable("LISTEN_PID"), CultureInfo.InvariantCulture, out int pid) ||
            pid != Environment.ProcessId ||
            !int.TryParse(Environment.GetEnvironmentVariable("LISTEN_FDS"), CultureInfo.InvariantCulture, out int count))
            return [];
        string[] names = (Environment.GetEnvironmentVariable("LISTEN_FDNAMES") ?? "").Split(':');
        List<(string, FileDescriptor)> taken = [];
        for (int i = 0; i < count; i++)
        {
            using FileDescriptor passed = new(FirstPassed + i);
            // A copy, for it is closed on exec, which a passed one is not.
            if (i < names.Length && names[i].StartsWith(CarrierPrefix, StringComparison.Ordinal))
                taken.Add((names[i][CarrierPrefix.Length..], passed.Duplicate()));
        }

        // A second call, or a child, must not take numbers that are others by then.
        Environment.SetEnvironmentVariable("LISTEN_PID", null);
        return taken;
    }

    public void Dispose() => _socket?.Dispose();

    private static TimeSpan? ReadWatchdog()
    {
        if (Environment.GetEnvironmentVariable("WATCHDOG_PID") is { Length: > 0 } owner &&
            owner != Environment.ProcessId.ToString(CultureInfo.InvariantCulture))
            return null;
        return long.TryParse(Environment.GetEnvironmentVariable("WATCHDOG_USEC"), CultureInfo.InvariantCulture, out long period) && period > 0
            ? TimeSpan.FromMicroseconds(period / 2.0)
            : null;
    }

    private void Send(string message, FileDescriptor? passed = null)
    {
        if (_socket?.TrySend(Encoding.UTF8.GetBytes(message), passed) is Errno errno and not Errno.None)
            Terminal.Warn($"the service manager cannot be told: {LinuxException.Describe(errno)}");
    }
}
