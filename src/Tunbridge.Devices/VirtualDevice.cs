// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Tunbridge.Linux;
using Tunbridge.Packets;

namespace Tunbridge.Devices;

/// <summary>
/// A virtual network card that this process serves: a <see cref="TunDevice"/> or a <see cref="TapDevice"/>.
/// </summary>
/// <remarks>
/// The device itself is a queue of packets, its first one; a multi-queue card has more in <see cref="Queues"/>.
/// Thread-safe.
/// Disposing closes every queue; a card that is not persistent goes with its last queue.
/// </remarks>
public abstract partial class VirtualDevice : IPacketQueue
{
    private readonly Lock _lock = new();
    private readonly string _clonePath;
    private ImmutableArray<DeviceQueue> _queues;
    private bool _isDisposed; // under _lock

    private protected VirtualDevice(DeviceSetup setup)
    {
        _clonePath = setup.ClonePath;
        _queues = [.. setup.Queues];
        Offload = setup.Offload;
        WasCreated = setup.WasCreated;
    }

    /// <summary>The card's present name, also after a rename; the last one known once it is gone.</summary>
    public string Name => _queues[0].Card;

    /// <summary>Whether this object created the card; false when it was there and this object attached to it.</summary>
    public bool WasCreated { get; }

    /// <summary>The card's open queues, at least one.</summary>
    public IReadOnlyList<DeviceQueue> Queues => _queues;

    /// <summary>What readers take unfinished: the wished bits that this kernel granted.</summary>
    public Offload Offload { get; private set; }

    /// <summary>Which superpackets go to the kernel whole, for all queues.</summary>
    public SuperpacketKinds Superpackets => _queues[0].Superpackets;

    /// <summary>Bytes of the virtio-net header before each packet in the kernel; 0 without one.</summary>
    public int VirtioHeaderSize => _queues[0].Format.VirtioSize;

    /// <summary>Whether 4 bytes of packet information stand before each packet in the kernel.</summary>
    public bool HasPacketInformation => _queues[0].Format.HasInformation;

    /// <inheritdoc/>
    public DeviceLayer Layer => _queues[0].Layer;

    /// <summary>Counts of packets the first queue did not take; each of <see cref="Queues"/> has its own.</summary>
    public PacketRefusals Refusals => _queues[0].Refusals;

    /// <summary>
    /// Wraps a descriptor that someone else has attached, such as one inherited or received over a socket.
    /// </summary>
    /// <param name="descriptor">
    /// The descriptor; owned by the result on success. It is made non-blocking, which its duplicates share.
    /// </param>
    /// <param name="packetInformation">
    /// Whether packet information stands before each packet; null asks the card over netlink.
    /// </param>
    /// <exception cref="LinuxException">
    /// EBADFD: it is not attached to a card; ENOTTY: it is none of the TUN/TAP driver.
    /// </exception>
    public static VirtualDevice FromDescriptor(FileDescriptor descriptor, bool? packetInformation = null)
    {
        DeviceSetup setup = DeviceOpener.Wrap(descriptor, packetInformation);
        return setup.Layer == DeviceLayer.Packet ? new TunDevice(setup) : new TapDevice(setup);
    }

    /// <summary>
    /// Attaches to a card that exists, without any privileged call, as what it is: TUN or TAP, with one queue or several.
    /// </summary>
    /// <param name="name">Its name.</param>
    /// <param name="options">
    /// How packets are read; options that need privilege are refused. <see cref="DeviceOptions.MultiQueue"/> is taken from
    /// the card.
    /// </param>
    /// <exception cref="ArgumentException">An option needs privilege, or has no possible value.</exception>
    /// <exception cref="LinuxException">
    /// ENODEV: there is no such card; EINVAL: more than one queue was asked of a card that has one; otherwise as for
    /// <see cref="TunDevice.Create"/>.
    /// </exception>
    public static VirtualDevice Attach(string name, DeviceOptions? options = null)
    {
        DeviceSetup setup = DeviceOpener.Attach(name, options ?? new());
        return setup.Layer == DeviceLayer.Packet ? new TunDevice(setup) : new TapDevice(setup);
    }

    /// <summary>Opens one more queue of a multi-queue card.</summary>
    /// <returns>The queue; the device owns it and shows it in <see cref="Queues"/>.</returns>
    /// <exception cref="LinuxException">EINVAL: the card has one queue; E2BIG: it has 256 already.</exception>
    public DeviceQueue AddQueue()
    {
        TunInterface card = GetInterface();
        DeviceQueue queue = DeviceOpener.OpenQueue(this, card, _clonePath);
        lock (_lock)
        {
            if (!_isDisposed)
            {
                _queues = _queues.Add(queue);
                return queue;
            }
        }

        // Disposed meanwhile: nobody else would close it.
        queue.Dispose();
        throw new ObjectDisposedException(GetType().Name);
    }

    /// <summary>
    /// Closes one of several queues; its flows go to the others. What waited in it is lost.
    /// </summary>
    /// <param name="queue">One of <see cref="Queues"/>.</param>
    /// <exception cref="ArgumentException">It is no queue of this device.</exception>
    /// <exception cref="InvalidOperationException">It is the last one: dispose the device.</exception>
    public void RemoveQueue(DeviceQueue queue)
    {
        ArgumentNullException.ThrowIfNull(queue);
        lock (_lock)
        {
            if (!_queues.Contains(queue))
                throw new ArgumentException($"The queue is none of {Name}.", nameof(queue));
            if (_queues.Length == 1)
                throw new InvalidOperationException($"A device keeps one queue: dispose {Name} to close the last.");
            _queues = _queues.Remove(queue);
        }

        queue.Dispose();
    }

    /// <summary>Closes every queue, from any thread, and wakes whoever waits in them.</summary>
    public void Dispose()
    {
        ImmutableArray<DeviceQueue> queues;
        lock (_lock)
        {
            _isDisposed = true;
            queues = _queues;
        }

        foreach (DeviceQueue queue in queues)
            queue.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    internal PacketFormat FirstFormat => _queues[0].Format;

    // Every ioctl may go through any queue that is still open.
    private FileDescriptor Control
    {
        get
        {
            foreach (DeviceQueue queue in _queues)
            {
                if (!queue.IsClosed)
                    return queue.Descriptor;
            }

            throw new ObjectDisposedException(GetType().Name);
        }
    }
}
