// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Wire;

/// <summary>Makes the texts of OpenVPN's own key files from random bytes.</summary>
/// <remarks>Pure but for the given random source; thread-safe. Texts are secrets: write them readable by their owner alone.</remarks>
public static class KeyFiles
{
    private const int BytesALine = 16;
    private const int CharactersALine = 64;
    private const int ServerKeySize = 128;

    /// <summary>Gives a key of 2,048 bits for tls-auth and tls-crypt.</summary>
    /// <param name="random">Where its bytes are from.</param>
    public static string MakeStatic(IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        byte[] key = Fill(random, StaticKey.Size);
        StringBuilder text = new("#\n# 2048 bit OpenVPN static key\n#\n-----BEGIN OpenVPN Static key V1-----\n");
        for (int i = 0; i < key.Length; i += BytesALine)
            text.Append(Convert.ToHexStringLower(key.AsSpan(i, BytesALine))).Append('\n');
        CryptographicOperations.ZeroMemory(key);
        return text.Append("-----END OpenVPN Static key V1-----\n").ToString();
    }

    /// <summary>Gives a server's key for tls-crypt-v2, with which its clients' keys are wrapped.</summary>
    /// <param name="random">Where its bytes are from.</param>
    public static string MakeTlsCryptV2Server(IRandomSource random) => MakeServerKey(random, "OpenVPN tls-crypt-v2 server key");

    /// <summary>Gives a server's key for auth-gen-token-secret.</summary>
    /// <param name="random">Where its bytes are from.</param>
    public static string MakeAuthToken(IRandomSource random) => MakeServerKey(random, "OpenVPN auth-token server key");

    /// <summary>Gives a client's key for tls-crypt-v2, wrapped for its server.</summary>
    /// <param name="crypto">Ciphers.</param>
    /// <param name="random">Where its bytes are from.</param>
    /// <param name="serverKey">The text of the server's key, in ASCII.</param>
    /// <param name="metadata">What the server's tls-crypt-v2-verify gets; null for the time now.</param>
    /// <param name="now">The time now, for what is not given.</param>
    /// <returns>The text; null when the server's key is none.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The metadata is longer than 733 bytes.</exception>
    public static string? MakeTlsCryptV2Client(
        ICryptoProvider crypto, IRandomSource random, ReadOnlySpan<byte> serverKey, byte[]? metadata, DateTimeOffset now)
    {
        const byte IsUserData = 0, IsTimestamp = 1;
        ArgumentNullException.ThrowIfNull(crypto);
        ArgumentNullException.ThrowIfNull(random);
        using TlsCryptV2ServerKey? server = TlsCryptV2ServerKey.Parse(crypto, serverKey);
        if (server is null)
            return null;
        byte[] told;
        if (metadata is not null)
        {
            told = [IsUserData, .. metadata];
        }
        else
        {
            told = new byte[9];
            told[0] = IsTimestamp;
            System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(told.AsSpan(1), now.ToUnixTimeSeconds());
        }

        byte[] bytes = Fill(random, StaticKey.Size);
        using StaticKey key = new(bytes);
        byte[] wrapped = server.Wrap(key, told);
        byte[] file = GC.AllocateArray<byte>(bytes.Length + wrapped.Length, pinned: true);
        bytes.CopyTo(file, 0);
        wrapped.CopyTo(file, bytes.Length);
        CryptographicOperations.ZeroMemory(bytes);
        return Armour(file, "OpenVPN tls-crypt-v2 client key");
    }

    private static string MakeServerKey(IRandomSource random, string name)
    {
        ArgumentNullException.ThrowIfNull(random);
        return Armour(Fill(random, ServerKeySize), name);
    }

    private static byte[] Fill(IRandomSource random, int size)
    {
        byte[] bytes = GC.AllocateArray<byte>(size, pinned: true);
        random.Fill(bytes);
        return bytes;
    }

    private static string Armour(byte[] bytes, string name)
    {
        string base64 = Convert.ToBase64String(bytes);
        CryptographicOperations.ZeroMemory(bytes);
        StringBuilder text = new($"-----BEGIN {name}-----\n");
        for (int i = 0; i < base64.Length; i += CharactersALine)
            text.Append(base64.AsSpan(i, Math.Min(CharactersALine, base64.Length - i))).Append('\n');
        return text.Append($"-----END {name}-----\n").ToString();
    }
}
