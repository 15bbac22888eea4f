// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Tunbridge.Changes;
using Tunbridge.Commands;
using Tunbridge.Configuration;
using Tunbridge.Linux;
using Tunbridge.Programs;

namespace Tunbridge.Serve;

/// <summary>DHCP clients: one that ends is started again, each time a little later, until one lives.</summary>
internal sealed partial class CardService
{
    private static readonly TimeSpan s_firstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMinutes(1);

    // Owned by the loop; by the record's path.
    private readonly Dictionary<string, WatchedClient> _clients = [];
    private readonly Dictionary<string, TimeSpan> _pauses = [];

    /// <summary>Waits for the ends of clients that run, whoever started them.</summary>
    private void WatchClients()
    {
        if (_clients.Count == 0 && _desired.Devices.All(d => d.Dhcp is null))
            return;
        foreach (DhcpProcess process in Clients())
        {
            if (_clients.TryGetValue(process.Path, out WatchedClient? watched))
            {
                if (watched.Process == process)
                    continue;
                watched.Dispose();
                _clients.Remove(process.Path);
            }

            if (ProcessHandle.TryOpen(process.ProcessId, process.Start) is not ProcessHandle handle)
                continue;
            _clients.Add(process.Path, new(process, handle, () => _work.Writer.TryWrite(() => Ended(process))));
        }
    }

    private void Ended(DhcpProcess process)
    {
        if (!_clients.TryGetValue(process.Path, out WatchedClient? watched) || watched.Process != process)
            return;
        _clients.Remove(process.Path);
        watched.Dispose();
        // Whoever stopped it took its record, or has put another's there.
        bool isWanted = File.Exists(process.Path) &&
            Clients().Contains(process);
        if (!isWanted)
            return;
        TimeSpan pause = watched.Age > s_longestPause ? s_firstPause : _pauses.GetValueOrDefault(process.Path, s_firstPause);
        _pauses[process.Path] = pause * 2 < s_longestPause ? pause * 2 : s_longestPause;
        Report(new()
        {
            Kind = "client-ended",
            Device = process.Card,
            Key = "dhcp",
            Message = $"{process.Card}: {process.Client}, process {process.ProcessId}, has ended; it is started again in {pause.TotalSeconds:0} s",
        });
        _ = StartLaterAsync(process.Card, pause);
    }

    private async Task StartLaterAsync(string card, TimeSpan pause)
    {
        await Task.Delay(pause).ConfigureAwait(false);
        _work.Writer.TryWrite(() =>
        {
            if (_desired.Devices.All(d => d.Name != card))
                return;
            // The kernel is left as it is: what is mended there is for on-drift to say.
            using FileWork work = Work(_desired, new() { Devices = [card] }, (_, state, _) => ChangePlan.CreateUnguarded(state, []));
            foreach (Change change in work.Apply().SelectMany(p => p.Changes))
                Report(new() { Kind = "repaired", Device = card, Message = change.Description });
            Look();
        });
    }

    /// <summary>Ends the clients of cards that stay; their addresses stay until the lease is over.</summary>
    private void StopClients(string[] removed)
    {
        ForgetClients();
        if (_desired.Devices.All(d => d.Dhcp is null))
            return;
        foreach (DhcpProcess process in Clients().Where(p => !removed.Contains(p.Card)))
            process.Stop(release: false);
    }

    private IReadOnlyList<DhcpProcess> Clients()
    {
        using FileWork work = new(_desired, new(), null, Planner.Up);
        return work.Clients();
    }

    private void ForgetClients()
    {
        foreach (WatchedClient watched in _clients.Values)
            watched.Dispose();
        _clients.Clear();
    }

    private sealed class WatchedClient : IDisposable
    {
        private readonly ProcessHandle _handle;
        private readonly ReadinessLoop.Registration _registration;
        private readonly long _since = Stopwatch.GetTimestamp();

        internal WatchedClient(DhcpProcess process, ProcessHandle handle, Action onEnd)
        {
            Process = process;
            _handle = handle;
            _registration = ReadinessLoop.Shared.Register(handle.Descriptor, onEnd);
            _registration.Arm();
        }

        internal DhcpProcess Process { get; }

        internal TimeSpan Age => Stopwatch.GetElapsedTime(_since);

        public void Dispose()
        {
            _registration.Dispose();
            _handle.Dispose();
        }
    }
}
