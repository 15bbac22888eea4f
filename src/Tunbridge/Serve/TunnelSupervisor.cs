// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Tunbridge.Configuration;

namespace Tunbridge.Serve;

/// <summary>Runs the tunnels of a file, each as a process of its own, and starts again what ends.</summary>
/// <remarks>Owned by the service's loop, but for <see cref="Snapshot"/>. One tunnel's fate is no other's, nor the cards'.</remarks>
internal sealed class TunnelSupervisor : IDisposable
{
    private static readonly TimeSpan s_firstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMinutes(1);

    private readonly Action<Action> _post;
    private readonly Action<ServiceEvent> _report;
    private readonly ConcurrentDictionary<string, ServedTunnel> _tunnels = [];
    private IReadOnlyList<string> _order = [];

    /// <param name="post">Has the loop do something.</param>
    /// <param name="report">Gets what happens.</param>
    internal TunnelSupervisor(Action<Action> post, Action<ServiceEvent> report) => (_post, _report) = (post, report);

    /// <summary>How each tunnel is, in the order of the file; from any thread.</summary>
    internal IReadOnlyList<TunnelStatus> Snapshot() =>
        [.. Volatile.Read(ref _order).Select(n => _tunnels.TryGetValue(n, out ServedTunnel? tunnel) ? tunnel.Status : null).OfType<TunnelStatus>()];

    /// <summary>Has run what the file declares, and nothing else; what is unchanged goes on undisturbed.</summary>
    internal void Apply(DesiredState desired)
    {
        foreach (string gone in _order.Reverse().Except(desired.Tunnels.Select(t => t.Name)))
        {
            if (!_tunnels.TryRemove(gone, out ServedTunnel? tunnel))
                continue;
            Tell("tunnel-stopped", gone, $"{gone}: no longer declared, stopped");
            tunnel.Dispose();
        }

        Volatile.Write(ref _order, [.. desired.Tunnels.Select(t => t.Name)]);
        foreach (TunnelDefinition definition in desired.Tunnels)
            Apply(definition);
    }

    /// <summary>Ends all, the last of the file first.</summary>
    internal void StopAll()
    {
        foreach (string name in _order.Reverse())
        {
            if (_tunnels.TryRemove(name, out ServedTunnel? tunnel))
                tunnel.Dispose();
        }
    }

    public void Dispose() => StopAll();

    private void Apply(TunnelDefinition definition)
    {
        ServedTunnel? running = _tunnels.GetValueOrDefault(definition.Name);
        if (!definition.IsEnabled)
        {
            running?.Stop();
            _tunnels[definition.Name] = new(definition) { Condition = "disabled" };
            return;
        }

        TunnelFile file = TunnelFile.Read(definition);
        if (file.Mistakes.Count > 0)
        {
            foreach (Diagnostic mistake in file.Mistakes)
                Tell("tunnel-refused", definition.Name, $"{definition.Name}: {mistake}");
            // One that runs goes on as it was when its file was right.
            if (running is not { IsRunning: true })
                _tunnels[definition.Name] = new(definition) { Condition = "refused", Note = file.Mistakes[0].ToString() };
            return;
        }

        if (running is { IsRunning: true } && running.Fingerprint == file.Fingerprint && running.Definition.OpenVpnFile == definition.OpenVpnFile)
            return;
        if (running is not null)
        {
            if (running.IsRunning)
                Tell("tunnel-stopped", definition.Name, $"{definition.Name}: its file has changed, started anew");
            running.Dispose();
        }

        ServedTunnel tunnel = new(definition) { Fingerprint = file.Fingerprint };
        _tunnels[definition.Name] = tunnel;
        Start(tunnel);
    }

    private void Start(ServedTunnel tunnel)
    {
        try
        {
            tunnel.Start(
                exitCode => _post(() => Ended(tunnel, exitCode)),
                (kind, message) => Tell(kind, tunnel.Definition.Name, message));
        }
        catch (Exception e) when (Failure.Describe(e) is not null || e is System.ComponentModel.Win32Exception)
        {
            Tell("tunnel-ended", tunnel.Definition.Name, $"{tunnel.Definition.Name}: cannot be started: {e.Message}");
            Later(tunnel);
        }
    }

    private void Ended(ServedTunnel tunnel, int exitCode)
    {
        // One that was stopped on purpose, or has a successor, is no concern.
        if (!IsCurrent(tunnel))
            return;
        TimeSpan pause = Later(tunnel);
        Tell(
            "tunnel-ended", tunnel.Definition.Name,
            $"{tunnel.Definition.Name}: its process has ended with {exitCode}; it is started again in {pause.TotalSeconds:0} s");
    }

    private TimeSpan Later(ServedTunnel tunnel)
    {
        TimeSpan pause = tunnel.NextPause(s_firstPause, s_longestPause);
        _ = WaitAsync();
        return pause;

        async Task WaitAsync()
        {
            await Task.Delay(pause).ConfigureAwait(false);
            _post(() =>
            {
                if (IsCurrent(tunnel) && !tunnel.IsRunning)
                    Start(tunnel);
            });
        }
    }

    private bool IsCurrent(ServedTunnel tunnel) =>
        _tunnels.TryGetValue(tunnel.Definition.Name, out ServedTunnel? current) && ReferenceEquals(current, tunnel);

    private void Tell(string kind, string tunnel, string message) => _report(new() { Kind = kind, Tunnel = tunnel, Message = message });
}
