// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Security.Cryptography;

namespace Tunbridge.Hosting.OpenVpn;

/// <summary>
/// A file of users with hashes of their passwords (<c>auth-user-pass-file</c>): one line for each, <c>name:$pbkdf2-sha512$iterations$salt$hash</c>,
/// salt and hash in base64.
/// </summary>
/// <remarks>
/// Read again when it has changed. Checking costs the same for users that there are and that there are not, and takes a noticeable
/// part of a second on purpose: call it aside. Thread-safe.
/// </remarks>
public sealed class PasswordFile
{
    private const string Scheme = "pbkdf2-sha512";
    private const int SaltSize = 16;
    private const int HashSize = 64;

    // A file from elsewhere must not make every login take minutes.
    private const int MaximumIterations = 10_000_000;

    private readonly string _path;
    private readonly Lock _lock = new();
    private (DateTime Written, long Length) _version;
    private Dictionary<string, Entry> _entries = [];

    /// <summary>Reads a file.</summary>
    /// <param name="path">Its path.</param>
    /// <exception cref="FormatException">A line is wrong; the message names it.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It must not be read.</exception>
    public PasswordFile(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        _path = path;
        _ = Current();
    }

    /// <summary>Iterations that new hashes are made with, as OWASP recommends for PBKDF2 with SHA-512 (2023).</summary>
    public const int DefaultIterations = 210_000;

    /// <summary>Makes the line for a user.</summary>
    /// <param name="user">The name, without colon and control characters.</param>
    /// <param name="password">The password in UTF-8; wiping it is the caller's part.</param>
    /// <param name="iterations">How often it is hashed.</param>
    /// <returns>The line, without its end.</returns>
    public static string MakeLine(string user, ReadOnlySpan<byte> password, int iterations = DefaultIterations)
    {
        ArgumentException.ThrowIfNullOrEmpty(user);
        if (user.Contains(':', StringComparison.Ordinal) || user.Any(char.IsControl) || user.StartsWith('#'))
            throw new ArgumentException("A user's name has no colon, no control characters and no # in front.", nameof(user));
        ArgumentOutOfRangeException.ThrowIfLessThan(iterations, 1000);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(iterations, MaximumIterations);
        byte[] salt = RandomNumberGenerator.GetBytes(SaltSize);
        byte[] hash = Rfc2898DeriveBytes.Pbkdf2(password, salt, iterations, HashAlgorithmName.SHA512, HashSize);
        return string.Create(CultureInfo.InvariantCulture,
            $"{user}:${Scheme}${iterations}${Convert.ToBase64String(salt)}${Convert.ToBase64String(hash)}");
    }

    /// <summary>Whether a password is that of a user.</summary>
    /// <param name="user">The name.</param>
    /// <param name="password">The password in UTF-8.</param>
    /// <returns>Whether it is; false, too, for a user that is not there and when the file has become unreadable.</returns>
    public bool Verify(string user, ReadOnlySpan<byte> password)
    {
        ArgumentNullException.ThrowIfNull(user);
        Dictionary<string, Entry> entries;
        try
        {
            entries = Current();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return false;
        }
        bool isKnown = entries.TryGetValue(user, out Entry? entry);
        // Who is not there costs as much as somebody who is.
        entry ??= entries.Values.FirstOrDefault() ?? new Entry(DefaultIterations, new byte[SaltSize], new byte[HashSize]);
        byte[] hash = Rfc2898DeriveBytes.Pbkdf2(password, entry.Salt, entry.Iterations, HashAlgorithmName.SHA512, entry.Hash.Length);
        bool isRight = CryptographicOperations.FixedTimeEquals(hash, entry.Hash) & isKnown;
        CryptographicOperations.ZeroMemory(hash);
        return isRight;
    }

    private Dictionary<string, Entry> Current()
    {
        lock (_lock)
        {
            FileInfo file = new(_path);
            (DateTime, long) version = (file.LastWriteTimeUtc, file.Exists ? file.Length : -1);
            if (version != _version)
            {
                _entries = Read(File.ReadAllLines(_path));
                _version = version;
            }
            return _entries;
        }
    }

    private Dictionary<string, Entry> Read(string[] lines)
    {
        Dictionary<string, Entry> entries = [];
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].Trim();
            if (line.Length == 0 || line.StartsWith('#'))
                continue;
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 1 || !TryRead(line[(colon + 1)..], out Entry? entry))
                throw new FormatException($"{_path}:{i + 1}: a line is name:${Scheme}$iterations$salt$hash, as tunbridge openvpn --hash-password prints it");
            entries[line[..colon]] = entry!;
        }
        return entries;
    }

    private static bool TryRead(string text, out Entry? entry)
    {
        entry = null;
        if (text.Split('$') is not ["", Scheme, var count, var salt, var hash] ||
            !int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out int iterations) || iterations is < 1000 or > MaximumIterations)
            return false;
        byte[] room = new byte[text.Length];
        if (!Convert.TryFromBase64String(salt, room, out int saltLength) || saltLength < 8)
            return false;
        byte[] saltBytes = room[..saltLength];
        if (!Convert.TryFromBase64String(hash, room, out int hashLength) || hashLength is < 16 or > HashSize)
            return false;
        entry = new Entry(iterations, saltBytes, room[..hashLength]);
        return true;
    }

    private sealed record Entry(int Iterations, byte[] Salt, byte[] Hash);
}
