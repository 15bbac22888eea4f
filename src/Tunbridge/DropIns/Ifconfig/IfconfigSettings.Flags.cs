// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using Tunbridge.Linux;
using static Tunbridge.DropIns.InterfaceRequest;

namespace Tunbridge.DropIns;

internal sealed partial class IfconfigSettings
{
    /// <summary>The words that set or clear one flag.</summary>
    private bool TryApplyFlag(string word)
    {
        switch (word)
        {
            case "up":
                SetFlags(IFF_UP | IFF_RUNNING);
                return true;
            case "down":
                ClearFlags(IFF_UP);
                return true;
            case "arp":
                ClearFlags(IFF_NOARP);
                return true;
            case "-arp":
                SetFlags(IFF_NOARP);
                return true;
            case "trailers":
                ClearFlags(IFF_NOTRAILERS);
                return true;
            case "-trailers":
                SetFlags(IFF_NOTRAILERS);
                return true;
            case "promisc":
                SetFlags(IFF_PROMISC);
                return true;
            case "-promisc":
                ClearFlags(IFF_PROMISC);
                WarnIfStill(IFF_PROMISC, "promisc mode... maybe other application is running?");
                return true;
            case "multicast":
                SetFlags(IFF_MULTICAST);
                return true;
            case "-multicast":
                ClearFlags(IFF_MULTICAST);
                WarnIfStill(IFF_MULTICAST, "MULTICAST mode.");
                return true;
            case "allmulti":
                SetFlags(IFF_ALLMULTI);
                return true;
            case "-allmulti":
                ClearFlags(IFF_ALLMULTI);
                WarnIfStill(IFF_ALLMULTI, "ALLMULTI mode.");
                return true;
            case "dynamic":
                SetFlags(IFF_DYNAMIC);
                return true;
            case "-dynamic":
                ClearFlags(IFF_DYNAMIC);
                WarnIfStill(IFF_DYNAMIC, "");
                return true;
            default:
                return false;
        }
    }

    private void SetFlags(ushort set) => ChangeFlags(_name, set, 0);

    private void ClearFlags(ushort clear) => ChangeFlags(_name, 0, clear);

    private void ChangeFlags(string name, ushort set, ushort clear)
    {
        Span<byte> union = stackalloc byte[UnionSize];
        union.Clear();
        Errno errno = _sockets.Put(_family, SIOCGIFFLAGS, name, union);
        if (errno != Errno.None)
        {
            _error.Write($"{name}: ERROR while getting interface flags: {LinuxException.Describe(errno)}\n");
            _failures = -1;
            return;
        }

        int flags = (BinaryPrimitives.ReadUInt16LittleEndian(union) | set) & ~clear;
        BinaryPrimitives.WriteUInt16LittleEndian(union, (ushort)flags);
        errno = _sockets.Put(_family, SIOCSIFFLAGS, name, union);
        if (errno == Errno.None)
            return;
        _error.Write($"SIOCSIFFLAGS: {LinuxException.Describe(errno)}\n");
        _failures = -1;
    }

    /// <summary>Some flags are held by others too; the original looks again and says so.</summary>
    private void WarnIfStill(ushort flag, string mode)
    {
        Span<byte> union = stackalloc byte[UnionSize];
        union.Clear();
        Errno errno = _sockets.Put(_family, SIOCGIFFLAGS, _name, union);
        if (errno != Errno.None)
        {
            _error.Write($"{_name}: ERROR while testing interface flags: {LinuxException.Describe(errno)}\n");
            _failures = -1;
        }
        else if ((BinaryPrimitives.ReadUInt16LittleEndian(union) & flag) != 0 && mode.Length > 0)
        {
            _error.Write($"Warning: Interface {_name} still in {mode}\n");
        }
    }
}
