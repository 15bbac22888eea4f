// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Packets;

namespace Tunbridge.Devices;

/// <summary>A layer 3 card: its packets are IPv4 and IPv6 packets.</summary>
public sealed class TunDevice : VirtualDevice
{
    internal TunDevice(DeviceSetup setup)
        : base(setup)
    {
    }

    /// <summary>
    /// Creates a card, or attaches to the one of that name, and applies the options; a refusal undoes what was
    /// applied.
    /// </summary>
    /// <param name="options">The options; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option has no possible value.</exception>
    /// <exception cref="LinuxException">The kernel refused; the hint says why and what mends it.</exception>
    public static TunDevice Create(DeviceOptions? options = null) =>
        new(DeviceOpener.Create(DeviceLayer.Packet, options ?? new()));

    /// <summary>Attaches to a card that exists, without any privileged call.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="options">How packets are read; options that need privilege are refused.</param>
    /// <exception cref="ArgumentException">An option needs privilege, or has no possible value.</exception>
    /// <exception cref="LinuxException">
    /// ENODEV: there is no such card; otherwise as for <see cref="Create"/>.
    /// </exception>
    public static new TunDevice Attach(string name, DeviceOptions? options = null) =>
        new(DeviceOpener.Attach(DeviceLayer.Packet, name, options ?? new()));

    /// <summary>Wraps a descriptor that is attached to a TUN already.</summary>
    /// <param name="descriptor">The descriptor; owned by the result on success.</param>
    /// <param name="packetInformation">
    /// Whether packet information stands before each packet; null asks the card over netlink.
    /// </param>
    /// <exception cref="ArgumentException">It is attached to a TAP.</exception>
    /// <exception cref="LinuxException">It is not attached.</exception>
    public static new TunDevice FromDescriptor(FileDescriptor descriptor, bool? packetInformation = null)
    {
        DeviceSetup setup = DeviceOpener.Wrap(descriptor, packetInformation, DeviceLayer.Packet);
        return new TunDevice(setup);
    }
}
