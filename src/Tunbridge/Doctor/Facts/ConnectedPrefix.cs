// SPDX-License-Identifier: Apache-2.0
using System.Net;

namespace Tunbridge.Doctor.Facts;

/// <summary>An address and the prefix it makes connected.</summary>
internal sealed record ConnectedPrefix
{
    /// <summary>The prefix.</summary>
    public required IPNetwork Network { get; init; }

    /// <summary>The address itself.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>Takes an address and its length.</summary>
    public static ConnectedPrefix Of(IPAddress address, int length)
    {
        byte[] bytes = address.GetAddressBytes();
        // IPNetwork refuses host bits, so they are cut here.
        for (int i = 0; i < bytes.Length; i++)
        {
            int kept = Math.Clamp(length - (i * 8), 0, 8);
            bytes[i] &= (byte)(0xff << (8 - kept));
        }

        return new() { Network = new IPNetwork(new IPAddress(bytes), length), Address = address };
    }
}
