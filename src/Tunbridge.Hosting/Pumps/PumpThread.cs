// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Hosting;

/// <summary>One thread of a pump, and whether it is in the middle of a round: using peers and their keys.</summary>
internal abstract class PumpThread : IDisposable
{
    private const int StackSize = 256 * 1024;

    private readonly Thread _thread;
    private long _round;    // odd: in the middle of one

    protected PumpThread(TunnelPump pump, string name, int slot)
    {
        Pump = pump;
        Slot = slot;
        _thread = new Thread(Run, StackSize) { IsBackground = true, Name = name };
    }

    protected TunnelPump Pump { get; }

    /// <summary>The number under which the thread gets sealers.</summary>
    protected int Slot { get; }

    internal void Start() => _thread.Start();

    /// <summary>Waits until the thread has ended, unless it is the caller's or was never started, and lets its buffers go.</summary>
    public void Dispose()
    {
        if (_thread != Thread.CurrentThread && (_thread.ThreadState & ThreadState.Unstarted) == 0)
            _thread.Join();
        Release();
    }

    /// <summary>
    /// Waits until the thread has ended the round that it may be in: afterwards it uses nothing that could not be found when this
    /// was called. A thread never waits for itself.
    /// </summary>
    internal void AwaitRound()
    {
        long round = Interlocked.Read(ref _round);
        if ((round & 1) == 0 || _thread == Thread.CurrentThread)
            return;
        SpinWait spin = default;
        while (Interlocked.Read(ref _round) == round)
            spin.SpinOnce();
    }

    protected abstract void Work();

    protected abstract void Release();

    /// <summary>Begins a round, before the first peer is looked for.</summary>
    internal void EnterRound() => Interlocked.Increment(ref _round);

    /// <summary>Ends a round; before every wait.</summary>
    internal void LeaveRound() => Interlocked.Increment(ref _round);

    protected void LeaveRoundIfIn()
    {
        if ((_round & 1) != 0)
            LeaveRound();
    }

    private void Run()
    {
        try
        {
            Work();
        }
        // The pump's boundary: whatever ends a thread ends the pump, with that error.
        catch (Exception e)
        {
            Pump.OnEnded(e);
        }
        finally
        {
            LeaveRoundIfIn();
        }
    }
}
