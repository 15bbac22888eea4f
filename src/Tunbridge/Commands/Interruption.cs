// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Tunbridge.Commands;

/// <summary>Ctrl-C, SIGTERM, and the loss of the terminal, while a change must not be left half-way: a token, not the end.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _source = new();
    private readonly List<PosixSignalRegistration> _signals = [];
    private bool _isOver;

    internal Interruption()
    {
        foreach (PosixSignal signal in (PosixSignal[])[PosixSignal.SIGHUP, PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT])
            _signals.Add(PosixSignalRegistration.Create(signal, OnSignal));
    }

    /// <summary>Cancelled by the first of them; more of them change nothing.</summary>
    internal CancellationToken Token => _source.Token;

    public void Dispose()
    {
        foreach (PosixSignalRegistration signal in _signals)
            signal.Dispose();
        lock (_lock)
            _isOver = true;
        _source.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        // One that came in the last moment is of no use to anybody: all is done.
        context.Cancel = true;
        lock (_lock)
        {
            if (!_isOver)
                _source.Cancel();
        }
    }
}
