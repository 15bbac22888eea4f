// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;

namespace Tunbridge.Linux;

/// <summary>Who is at the other end of a Unix socket (SO_PEERCRED, unix(7)).</summary>
public static class UnixPeer
{
    // SOL_SOCKET and SO_PEERCRED; the answer is struct ucred: pid, uid, gid, 4 bytes each.
    private const int Level = 1, Name = 17, Size = 12, UserOffset = 4;

    /// <summary>Whether it is root, or the user that this process works for.</summary>
    /// <param name="socket">A connected Unix socket.</param>
    /// <exception cref="SocketException">It is none, or not connected.</exception>
    public static bool IsRootOrSelf(Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        Span<byte> credentials = stackalloc byte[Size];
        if (socket.GetRawSocketOption(Level, Name, credentials) != Size)
            return false;
        uint user = BitConverter.ToUInt32(credentials[UserOffset..]);
        return user == 0 || user == ProcessIdentity.EffectiveUserId;
    }
}
