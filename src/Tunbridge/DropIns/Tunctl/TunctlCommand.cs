// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;

namespace Tunbridge.DropIns;

/// <summary>uml-utilities' tunctl: makes and deletes persistent cards, to the byte of its output and exit code.</summary>
/// <remarks>
/// vde's and Fedora's <c>-n</c> (a TUN) and <c>-p</c> (a TAP) are accepted too; without <c>-n</c> a card is always a
/// TAP, also when its name starts with "tun", and the usage text stays uml-utilities'.
/// </remarks>
public static class TunctlCommand
{
    /// <summary>Runs one command line in the calling thread's network namespace.</summary>
    /// <param name="argv0">The program's name as typed, for messages.</param>
    /// <param name="args">The arguments after it.</param>
    /// <param name="output">Standard output.</param>
    /// <param name="error">Standard error.</param>
    /// <returns>0, or 1 for every failure.</returns>
    public static int Run(string argv0, ReadOnlySpan<string> args, TextWriter output, TextWriter error)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(error);
        TunctlRequest request = new();
        if (!request.TryRead(argv0, args, error))
        {
            WriteUsage(argv0, error);
            return 1;
        }

        using FileDescriptor? device = FileDescriptor.TryOpen(request.ClonePath, OpenMode.ReadWrite, out Errno errno);
        if (device is null)
        {
            error.Write($"Failed to open '{request.ClonePath}' : {LinuxException.Describe(errno)}\n");
            return 1;
        }

        bool existed = Exists(request.Name);
        TunFlags flags = (request.Tun ? TunFlags.Tun : TunFlags.Tap) | TunFlags.NoPacketInformation;
        errno = TunControl.TrySetInterface(device, request.Name, flags, out string name);
        if (errno != Errno.None)
            return Fail("TUNSETIFF", errno, error);
        _ = InterfaceNames.Cut(request.Name, error);
        return request.Delete
            ? Delete(device, name, existed, output, error)
            : Create(device, name, existed, request, output, error);
    }

    private static int Delete(FileDescriptor device, string name, bool existed, TextWriter output, TextWriter error)
    {
        Errno errno = TunControl.TrySetPersistent(device, persistent: false);
        if (errno != Errno.None)
            return Fail("TUNSETPERSIST", errno, error);
        output.Write($"Set '{name}' nonpersistent\n");
        if (!existed)
            DropInWarning.Write(error, $"there was no '{name}': it was made and deleted just now.");
        return 0;
    }

    private static int Create(
        FileDescriptor device, string name, bool existed, TunctlRequest request, TextWriter output, TextWriter error)
    {
        int owner = request.Owner;
        bool setsOwner = request.HasOwner || !request.HasGroup;
        Errno errno = TunControl.TrySetPersistent(device, persistent: true);
        if (errno == Errno.None && setsOwner)
        {
            if (!request.HasOwner)
                owner = unchecked((int)ProcessIdentity.EffectiveUserId);
            errno = TunControl.TrySetOwner(device, unchecked((uint)owner));
        }

        if (errno == Errno.None && request.HasGroup)
            errno = TunControl.TrySetGroup(device, unchecked((uint)request.Group));
        if (errno != Errno.None)
        {
            // All three failures carry this one name in the original.
            return Fail("TUNSETPERSIST", errno, error);
        }

        string user = setsOwner ? $" uid {owner}" : "";
        string group = request.HasGroup ? $" gid {request.Group}" : "";
        output.Write(request.Brief ? $"{name}\n" : $"Set '{name}' persistent and owned by{user}{group}\n");
        if (existed)
            DropInWarning.Write(error, $"'{name}' was there already; its owner was changed.");
        return 0;
    }

    private static bool Exists(string name)
    {
        using InterfaceControl? control = InterfaceControl.TryOpen(ipv6: false, out _);
        return name.Length > 0 && control?.GetFlags(name, out _) == Errno.None;
    }

    private static int Fail(string operation, Errno errno, TextWriter error)
    {
        error.Write($"{operation}: {LinuxException.Describe(errno)}\n");
        return 1;
    }

    private static void WriteUsage(string argv0, TextWriter error) => error.Write(
        $"Create: {argv0} [-b] [-u owner] [-g group] [-t device-name] [-f tun-clone-device]\n" +
        $"Delete: {argv0} -d device-name [-f tun-clone-device]\n" +
        "\n" +
        "The default tun clone device is /dev/net/tun - some systems use\n" +
        "/dev/misc/net/tun instead\n" +
        "\n" +
        "-b will result in brief output (just the device name)\n");
}
