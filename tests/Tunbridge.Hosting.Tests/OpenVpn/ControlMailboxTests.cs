// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Tunbridge.Hosting.OpenVpn;
using Tunbridge.Linux;

namespace Tunbridge.Hosting.Tests.OpenVpn;

public sealed class ControlMailboxTests
{
    private static readonly LinkPath s_path = new() { Path = new DatagramPath(new DatagramAddress(IPAddress.Parse("192.0.2.1"), 1194)) };

    private readonly ManualTime _time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Datagrams_AreCopiedAndComeInOrder()
    {
        using ControlMailbox mailbox = Make();
        byte[] bytes = [1, 2, 3];
        ((IPumpOwner)mailbox).OnControl(s_path, bytes);
        bytes[0] = 9;
        ((IPumpOwner)mailbox).OnControl(s_path, [4]);
        Assert.True(mailbox.TryTake(out ControlMail first));
        Assert.Equal([1, 2, 3], first.Datagram.ToArray());
        Assert.Equal(s_path, first.Path);
        first.Dispose();
        Assert.True(mailbox.TryTake(out ControlMail second));
        Assert.Equal([4], second.Datagram.ToArray());
        second.Dispose();
        Assert.False(mailbox.TryTake(out _));
    }

    [Fact]
    public void Datagrams_BeyondTheCapacity_AreDroppedAndCountedWhileConnectionsStillCome()
    {
        using ControlMailbox mailbox = Make();
        IPumpOwner pump = mailbox;
        for (int i = 0; i < ControlMailbox.Capacity + 5; i++)
            pump.OnControl(s_path, [1]);
        pump.OnControl(s_path, new byte[4000]);
        pump.OnConnected(s_path);
        Assert.Equal(6, mailbox.Dropped);
        int datagrams = 0;
        int others = 0;
        while (mailbox.TryTake(out ControlMail mail))
        {
            _ = mail.Kind == ControlMailKind.Datagram ? datagrams++ : others++;
            mail.Dispose();
        }
        Assert.Equal(ControlMailbox.Capacity, datagrams);
        Assert.Equal(1, others);
        // There is room again.
        pump.OnControl(s_path, [1]);
        Assert.Equal(6, mailbox.Dropped);
    }

    [Fact]
    public void MovesAndExits_BeyondTheCapacity_AreDroppedAndCounted()
    {
        using ControlMailbox mailbox = Make();
        IPumpOwner pump = mailbox;
        for (int i = 0; i < ControlMailbox.Capacity; i++)
        {
            if (i % 2 == 0)
                pump.OnExit(null!);
            else
                Assert.True(pump.OnMoving(null!, s_path));
        }
        pump.OnExit(null!);
        Assert.False(pump.OnMoving(null!, s_path));
        Assert.Equal(2, mailbox.Dropped);
        Assert.True(mailbox.TryTake(out _));
        Assert.True(pump.OnMoving(null!, s_path));
        Assert.Equal(2, mailbox.Dropped);
    }

    [Fact]
    public async Task Wait_UntilATime_EndsWhenItComes()
    {
        using ControlMailbox mailbox = Make();
        Task waiting = mailbox.WaitAsync(mailbox.Now.AddSeconds(5), Cancellation).AsTask();
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.False(waiting.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        await waiting;
        Assert.False(mailbox.TryTake(out _));
        // The timer is set anew.
        waiting = mailbox.WaitAsync(mailbox.Now.AddSeconds(1), Cancellation).AsTask();
        _time.Advance(TimeSpan.FromSeconds(1));
        await waiting;
    }

    [Fact]
    public async Task Wait_ForAnEarlierTimeThanBefore_EndsAtTheEarlierOne()
    {
        using ControlMailbox mailbox = Make();
        ((IPumpOwner)mailbox).OnConnected(s_path);
        await mailbox.WaitAsync(mailbox.Now.AddSeconds(50), Cancellation);
        Assert.True(mailbox.TryTake(out _));
        Task waiting = mailbox.WaitAsync(mailbox.Now.AddSeconds(2), Cancellation).AsTask();
        _time.Advance(TimeSpan.FromSeconds(2));
        await waiting;
    }

    [Fact]
    public async Task Resume_GoesOnWhereTheOwnerTakesLetters()
    {
        using ControlMailbox mailbox = Make();
        TaskCompletionSource<int> work = new(TaskCreationOptions.RunContinuationsAsynchronously);
        int heard = 0;
        int owner = -1;
        Task method = Method();
        work.SetResult(7);
        await mailbox.WaitAsync(null, Cancellation);
        Assert.Equal(0, heard);
        Assert.True(mailbox.TryTake(out ControlMail mail));
        mail.Command!();
        Assert.Equal(7, heard);
        Assert.Equal(Environment.CurrentManagedThreadId, owner);
        await method;

        async Task Method()
        {
            heard = await mailbox.Resume(work.Task);
            owner = Environment.CurrentManagedThreadId;
        }
    }

    [Fact]
    public void Moving_IsAskedAtOnceAndToldWhenAllowed()
    {
        bool allows = false;
        using ControlMailbox mailbox = new(new TunnelClock(_time), (_, _) => allows);
        IPumpOwner pump = mailbox;
        Assert.False(pump.OnMoving(null!, s_path));
        Assert.False(mailbox.TryTake(out _));
        allows = true;
        Assert.True(pump.OnMoving(null!, s_path));
        Assert.True(mailbox.TryTake(out ControlMail mail));
        Assert.Equal(ControlMailKind.Moved, mail.Kind);
    }

    private ControlMailbox Make() => new(new TunnelClock(_time), (_, _) => true);
}
