// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets.Capture;

/// <summary>How far the reading of a capture has come, and why it ended.</summary>
public enum PcapngReadStatus
{
    /// <summary>There may be more packets.</summary>
    Reading = 0,

    /// <summary>The capture ended after a whole block.</summary>
    End,

    /// <summary>
    /// The capture ended inside a block: its writer was stopped, or the file was cut. The packets before it
    /// are good.
    /// </summary>
    Truncated,

    /// <summary>The bytes do not begin with a pcapng section header.</summary>
    NotPcapng,

    /// <summary>
    /// A version of the format other than 1, or a block longer than 16 MiB that would have to be understood.
    /// </summary>
    Unsupported,

    /// <summary>A block contradicts itself or the format. The packets before it are good.</summary>
    Malformed,
}
