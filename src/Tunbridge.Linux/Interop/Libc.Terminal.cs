// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Tunbridge.Linux.Interop;

/// <summary>termios.h.</summary>
internal static unsafe partial class Libc
{
    [LibraryImport(Library)]
    internal static partial int tcgetattr(int fd, termios* state);

    [LibraryImport(Library)]
    internal static partial int tcsetattr(int fd, int when, termios* state);

    internal const uint ISIG = 1, ICANON = 2, ECHO = 8;
    internal const int TCSAFLUSH = 2;

    [StructLayout(LayoutKind.Sequential)]
    internal struct termios
    {
        internal uint c_iflag;
        internal uint c_oflag;
        internal uint c_cflag;
        internal uint c_lflag;
        internal byte c_line;
        internal fixed byte c_cc[32];
        internal uint c_ispeed;
        internal uint c_ospeed;
    }
}
