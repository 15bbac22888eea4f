// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Devices;

/// <summary>What a <see cref="Forwarder"/> does with superpackets.</summary>
public enum ForwardingMode
{
    /// <summary>Passes them on whole, with their virtio header: one read and one write for up to 64 KiB.</summary>
    Whole = 0,

    /// <summary>
    /// Cuts them into packets with finished checksums, and puts neighbours of a flow together again before writing.
    /// </summary>
    Segmented,
}
