// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Tunbridge.Tunnels;
using static System.Buffers.Binary.BinaryPrimitives;

namespace Tunbridge.OpenVpn.Wire;

/// <summary>
/// The tokens that take the place of a password once it has been checked (<c>auth-gen-token</c>). One owner at a time.
/// </summary>
public sealed class AuthToken : IDisposable
{
    // "SESS_ID_AT_" | base64( session id 12 | first login u64 | now u64 | HMAC-SHA256 32 )
    // HMAC over: user name | session id | first login | now

    /// <summary>Bytes of the id that all tokens of one login share.</summary>
    public const int SessionIdSize = 12;

    /// <summary>Bytes of a server's key file.</summary>
    public const int KeySize = 128;

    private const string Prefix = "SESS_ID_AT_";
    private const string Armour = "OpenVPN auth-token server key";

    private const int HmacOffset = 64;
    private const int HmacKeySize = 32;
    private const int SignedSize = SessionIdSize + 8 + 8;
    private const int Size = SignedSize + 32;
    private const int MaximumUser = 4096;

    private readonly IMac _mac;

    /// <summary>Makes and checks tokens.</summary>
    /// <param name="crypto">Makes the code.</param>
    /// <param name="key">The server's key, <see cref="KeySize"/> bytes: random, or of a file.</param>
    public AuthToken(ICryptoProvider crypto, ReadOnlySpan<byte> key)
    {
        ArgumentNullException.ThrowIfNull(crypto);
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, KeySize, nameof(key));
        _mac = crypto.CreateMac(DigestAlgorithm.Sha256, key.Slice(HmacOffset, HmacKeySize));
    }

    /// <summary>Reads a key's file (<c>auth-gen-token-secret</c>).</summary>
    /// <param name="crypto">Makes the code.</param>
    /// <param name="text">The file's text.</param>
    /// <returns>What makes and checks tokens with it; null when the text is no such key.</returns>
    public static AuthToken? Parse(ICryptoProvider crypto, ReadOnlySpan<byte> text)
    {
        using SecretBytes? bytes = PemBlock.ReadBase64(text, Armour, 4 * KeySize);
        return bytes?.Length == KeySize ? new AuthToken(crypto, bytes.Span) : null;
    }

    /// <summary>Whether a password claims to be a token.</summary>
    /// <param name="password">The password.</param>
    /// <returns>Whether it begins as tokens do.</returns>
    public static bool IsToken(ReadOnlySpan<byte> password) => password.StartsWith("SESS_ID_AT_"u8);

    /// <summary>Makes a token.</summary>
    /// <param name="user">The user's name; empty for a client that sends none.</param>
    /// <param name="sessionId">The login's id, <see cref="SessionIdSize"/> bytes: random at first, afterwards that of the token before.</param>
    /// <param name="firstLogin">When the password itself was checked, in Unix seconds.</param>
    /// <param name="now">The time, in Unix seconds.</param>
    /// <returns>The token in ASCII; the caller disposes it.</returns>
    public SecretBytes Make(string user, ReadOnlySpan<byte> sessionId, long firstLogin, long now)
    {
        using SecretBytes room = new(Size);
        Span<byte> token = room.Span;
        sessionId[..SessionIdSize].CopyTo(token);
        WriteInt64BigEndian(token[SessionIdSize..], firstLogin);
        WriteInt64BigEndian(token[(SessionIdSize + 8)..], now);
        _mac.Compute(Encoding.UTF8.GetBytes(user), token[..SignedSize], token[SignedSize..]);
        SecretBytes text = new(Prefix.Length + (Size / 3 * 4));
        Encoding.ASCII.GetBytes(Prefix, text.Span);
        System.Buffers.Text.Base64.EncodeToUtf8(token, text.Span[Prefix.Length..], out _, out _);
        return text;
    }

    /// <summary>Whether this server made the token for this user; its times are for the caller to judge.</summary>
    /// <param name="user">The user's name.</param>
    /// <param name="password">The token.</param>
    /// <param name="sessionId">Room for the login's id.</param>
    /// <param name="firstLogin">When the password itself was checked, in Unix seconds.</param>
    /// <param name="made">When the token was made, in Unix seconds.</param>
    /// <returns>Whether it is authentic.</returns>
    public bool TryVerify(string user, ReadOnlySpan<byte> password, Span<byte> sessionId, out long firstLogin, out long made)
    {
        (firstLogin, made) = (0, 0);
        // The length is fixed: checked before anything is decoded.
        if (!IsToken(password) || password.Length != Prefix.Length + (Size / 3 * 4) || user.Length > MaximumUser)
            return false;
        Span<byte> token = stackalloc byte[Size];
        if (System.Buffers.Text.Base64.DecodeFromUtf8(password[Prefix.Length..], token, out _, out int written) !=
            System.Buffers.OperationStatus.Done || written != Size)
            return false;
        if (!_mac.Verify(Encoding.UTF8.GetBytes(user), token[..SignedSize], token[SignedSize..]))
            return false;
        token[..SessionIdSize].CopyTo(sessionId);
        firstLogin = ReadInt64BigEndian(token[SessionIdSize..]);
        made = ReadInt64BigEndian(token[(SessionIdSize + 8)..]);
        return true;
    }

    /// <summary>Wipes the key.</summary>
    public void Dispose() => _mac.Dispose();
}
