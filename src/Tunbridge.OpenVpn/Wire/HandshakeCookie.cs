// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using Tunbridge.Tunnels;
using static System.Buffers.Binary.BinaryPrimitives;

namespace Tunbridge.OpenVpn.Wire;

/// <summary>
/// The session ids of a server that keeps nothing until a client has shown that it receives at its address: each is a code
/// over the time, the address and the client's session id. One owner at a time.
/// </summary>
internal sealed class HandshakeCookie : IDisposable
{
    /// <summary>Slots before the current one whose cookies still count.</summary>
    private const int PastSlots = 2;

    private const int MaximumAddress = 32;

    private readonly IMac _mac;
    private readonly long _slotMilliseconds;

    /// <param name="crypto">Makes the code.</param>
    /// <param name="key">Random bytes of this process.</param>
    /// <param name="handWindow">The time a handshake may take; a slot is half of it.</param>
    internal HandshakeCookie(ICryptoProvider crypto, ReadOnlySpan<byte> key, TimeSpan handWindow)
    {
        _mac = crypto.CreateMac(DigestAlgorithm.Sha256, key);
        _slotMilliseconds = Math.Max(1000, (long)((handWindow.TotalSeconds + 1) / 2) * 1000);
    }

    /// <summary>The session id to answer a client's reset with.</summary>
    internal ulong Make(long nowMilliseconds, ReadOnlySpan<byte> address, ulong clientSessionId) =>
        Compute(nowMilliseconds / _slotMilliseconds, address, clientSessionId);

    /// <summary>Whether a session id is one that this server made for this client, lately.</summary>
    internal bool IsValid(ulong cookie, long nowMilliseconds, ReadOnlySpan<byte> address, ulong clientSessionId)
    {
        Span<byte> candidate = stackalloc byte[sizeof(ulong)];
        Span<byte> given = stackalloc byte[sizeof(ulong)];
        WriteUInt64BigEndian(given, cookie);
        bool isValid = false;
        long slot = nowMilliseconds / _slotMilliseconds;
        for (int i = 0; i <= PastSlots; i++)
        {
            WriteUInt64BigEndian(candidate, Compute(slot - i, address, clientSessionId));
            // CVE-2025-13086 was this comparison the wrong way round.
            isValid |= CryptographicOperations.FixedTimeEquals(candidate, given);
        }
        return isValid;
    }

    public void Dispose() => _mac.Dispose();

    private ulong Compute(long slot, ReadOnlySpan<byte> address, ulong clientSessionId)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(address.Length, MaximumAddress, nameof(address));
        Span<byte> message = stackalloc byte[4 + MaximumAddress + sizeof(ulong)];
        WriteUInt32BigEndian(message, (uint)slot);
        address.CopyTo(message[4..]);
        WriteUInt64BigEndian(message[(4 + address.Length)..], clientSessionId);
        Span<byte> code = stackalloc byte[32];
        _mac.Compute(message[..(4 + address.Length + sizeof(ulong))], default, code);
        return Math.Max(1, ReadUInt64BigEndian(code));
    }
}
