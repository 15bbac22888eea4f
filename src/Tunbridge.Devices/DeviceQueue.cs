// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Packets;

namespace Tunbridge.Devices;

/// <summary>One queue of a card: a descriptor of the TUN/TAP driver as a queue of packets.</summary>
/// <remarks>
/// A read is tried without waiting; on EAGAIN the thread waits for the card together with an event that
/// <see cref="Dispose"/> sets and one that the cancellation token sets, then drains; packets that come without a pause are
/// read in groups (io_uring), unless refused or turned off (<see cref="RingSwitch"/>). Thread-safe: several threads may
/// read at once (each packet goes to one of them), one asynchronous read may be under way, and any number of threads
/// may write. Packet information and the virtio header are taken off on the way in and put before the packet on the
/// way out. Reading and writing allocate nothing. A card deleted under a reader gives <see cref="LinuxException"/> with
/// EBADFD (EFAULT). The kernel closes the queue when the last call under way has returned.
/// </remarks>
public sealed partial class DeviceQueue : IPacketQueue
{
    private readonly ClosableWait _waits = new();
    private readonly AsyncReader _asyncReader;
    private readonly ReadAhead _ahead = new();
    private volatile PacketFormat _format;
    private volatile string _card;
    private int _disposed;

    internal DeviceQueue(FileDescriptor descriptor, string card, PacketFormat format, SuperpacketKinds superpackets)
    {
        Descriptor = descriptor;
        Superpackets = superpackets;
        _card = card;
        _format = format;
        _asyncReader = new AsyncReader(this);
    }

    /// <summary>The descriptor, for calls this library has no name for; owned by the queue.</summary>
    public FileDescriptor Descriptor { get; }

    /// <inheritdoc/>
    public DeviceLayer Layer => _format.Layer;

    /// <inheritdoc/>
    public PacketRefusals Refusals { get; } = new();

    /// <summary>Whether the queue has been closed on this side.</summary>
    public bool IsClosed => Volatile.Read(ref _disposed) != 0;

    /// <summary>How many times a group of packets was read by one system call (io_uring), under load.</summary>
    public long ReadGroups => _ahead.Groups;

    /// <summary>
    /// Why every packet is read by a system call of its own: the kernel's answer to io_uring, such as EPERM or ENOSYS where it
    /// is forbidden, known once packets have come without a pause; None while it was not refused.
    /// </summary>
    public Errno ReadGroupRefusal => _ahead.Refusal;

    /// <summary>Whether the kernel gives this queue no packets (TUNSETQUEUE detached it).</summary>
    /// <exception cref="LinuxException">The card is gone.</exception>
    public bool IsDetached => (GetInterface().Flags & TunFlags.DetachQueue) != 0;

    internal PacketFormat Format
    {
        get => _format;
        set => _format = value;
    }

    /// <summary>The card's present name, or the last one known when it is gone.</summary>
    internal string Card
    {
        get
        {
            if (IsClosed)
                return _card;
            TunInterface current = TunControl.TryGetInterface(Descriptor, out Errno errno);
            if (errno == Errno.None)
                _card = current.Name;
            return _card;
        }
    }

    /// <summary>Gives the queue no more packets (TUNSETQUEUE); the kernel drops those it holds, so read them first.</summary>
    /// <remarks>Writes still reach the card. The queue counts towards the limit of 256.</remarks>
    /// <exception cref="LinuxException">EINVAL: the card has one queue, or the queue is detached already.</exception>
    public void Detach() => SetQueue(attach: false);

    /// <summary>Gives a detached queue packets again (TUNSETQUEUE).</summary>
    /// <exception cref="LinuxException">EINVAL: the queue is not detached, or its card is gone.</exception>
    public void Attach() => SetQueue(attach: true);

    /// <summary>The card and its flags as this queue sees them (TUNGETIFF).</summary>
    /// <exception cref="LinuxException">EBADFD: the card is gone.</exception>
    public TunInterface GetInterface()
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        TunInterface current = TunControl.TryGetInterface(Descriptor, out Errno errno);
        return errno == Errno.None ? current : throw DeviceErrors.Refused(errno, "TUNGETIFF", _card);
    }

    /// <summary>Closes the queue, from any thread, and wakes whoever waits in it.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        _waits.Dispose();
        _asyncReader.Close();
        _ahead.Dispose();
        Descriptor.Dispose();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private void SetQueue(bool attach)
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        Errno errno = TunControl.TrySetQueue(Descriptor, attach);
        if (errno != Errno.None)
            throw DeviceErrors.Refused(errno, attach ? "TUNSETQUEUE attach" : "TUNSETQUEUE detach", Card);
    }
}
