// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using Tunbridge.Testing;

namespace Tunbridge.Linux.Tests;

/// <summary>The C# declarations of structures and numbers against what the C headers say.</summary>
/// <remarks>
/// eng/struct-sizes.c prints the C side; its output on x64 is checked in, and made anew where gcc is there.
/// </remarks>
public sealed class StructSizesTests
{
    private static readonly Type s_libc = typeof(FileDescriptor).Assembly.GetType("Tunbridge.Linux.Interop.Libc", true)!;

    // Structures that C# reads by offset, or draws otherwise: checked where they are used.
    private static readonly Dictionary<string, long> s_byOffset = new()
    {
        ["ifreq.ifr_ifru"] = 16,
        ["statx.stx_uid"] = 20,
        ["statx.stx_gid"] = 24,
        ["statx.stx_mode"] = 28,
        ["statx.stx_ino"] = 32,
        ["statx.stx_rdev_major"] = 128,
        ["statx.stx_rdev_minor"] = 132,
        ["statfs.f_flags"] = 80,
        ["tun_filter.addr"] = 4,
        ["epoll_event.data"] = 4,
    };

    private static readonly Dictionary<string, long> s_bySize = new()
    {
        ["statx"] = 256,
        ["statfs"] = 120,
        ["tun_filter"] = 4,
        ["epoll_event"] = 12,
    };

    private static readonly Dictionary<string, object> s_enums = new()
    {
        ["IFF_TUN"] = TunFlags.Tun,
        ["IFF_TAP"] = TunFlags.Tap,
        ["IFF_NAPI"] = TunFlags.Napi,
        ["IFF_NAPI_FRAGS"] = TunFlags.NapiFragments,
        ["IFF_NO_CARRIER"] = TunFlags.NoCarrier,
        ["IFF_MULTI_QUEUE"] = TunFlags.MultiQueue,
        ["IFF_ATTACH_QUEUE"] = TunFlags.AttachQueue,
        ["IFF_DETACH_QUEUE"] = TunFlags.DetachQueue,
        ["IFF_PERSIST"] = TunFlags.Persistent,
        ["IFF_NO_PI"] = TunFlags.NoPacketInformation,
        ["IFF_ONE_QUEUE"] = TunFlags.OneQueue,
        ["IFF_VNET_HDR"] = TunFlags.VirtioHeader,
        ["IFF_TUN_EXCL"] = TunFlags.Exclusive,
        ["TUN_F_CSUM"] = TunOffload.Checksum,
        ["TUN_F_TSO4"] = TunOffload.TcpV4,
        ["TUN_F_TSO6"] = TunOffload.TcpV6,
        ["TUN_F_TSO_ECN"] = TunOffload.TcpEcn,
        ["TUN_F_UFO"] = TunOffload.UdpFragmentation,
        ["SO_EE_ORIGIN_LOCAL"] = DatagramErrorOrigin.Local,
        ["SO_EE_ORIGIN_ICMP"] = DatagramErrorOrigin.Icmp,
        ["SO_EE_ORIGIN_ICMP6"] = DatagramErrorOrigin.Icmp6,
    };

    public static TheoryData<string> Lines => [.. File.ReadLines(Path.Combine(Root, "eng/struct-sizes.txt"))];

    [Theory]
    [MemberData(nameof(Lines))]
    public void Declaration_AsInC(string line)
    {
        Assert.SkipUnless(RuntimeInformation.ProcessArchitecture == Architecture.X64, "the checked-in values are of x64");
        string[] words = line.Split(' ');
        long expected = long.Parse(words[2], CultureInfo.InvariantCulture);
        long actual = words[0] switch
        {
            "size" => SizeOf(words[1]),
            "offset" => OffsetOf(words[1]),
            "value" => ValueOf(words[1]),
            "errno" => (long)Enum.Parse<Errno>(words[1]),
            _ => throw new InvalidDataException(line),
        };
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void EveryErrno_IsComparedWithC()
    {
        HashSet<string> compared = [.. File.ReadLines(Path.Combine(Root, "eng/struct-sizes.txt"))
            .Where(l => l.StartsWith("errno", StringComparison.Ordinal)).Select(l => l.Split(' ')[1])];
        Assert.Empty(Enum.GetNames<Errno>().Where(n => n != nameof(Errno.None)).Except(compared));
    }

    [Fact]
    public void CheckedInValues_AreWhatTheCompilerSays()
    {
        RealTool.Require("gcc");
        Assert.SkipUnless(RuntimeInformation.ProcessArchitecture == Architecture.X64, "the checked-in values are of x64");
        string directory = Directory.CreateTempSubdirectory("tunbridge-sizes-").FullName;
        string program = Path.Combine(directory, "struct-sizes");
        CommandResult compiled = CommandResult.Of("gcc", "-Wall", "-o", program, Path.Combine(Root, "eng/struct-sizes.c"));
        Assert.True(compiled.ExitCode == 0, compiled.Error);
        Assert.Equal(File.ReadAllText(Path.Combine(Root, "eng/struct-sizes.txt")), CommandResult.Of(program).Output);
        Directory.Delete(directory, recursive: true);
    }

    private static long SizeOf(string name) => s_bySize.TryGetValue(name, out long size) ? size : Marshal.SizeOf(Structure(name));

    private static long OffsetOf(string path)
    {
        if (s_byOffset.TryGetValue(path, out long offset))
            return offset;
        string[] parts = path.Split('.');
        return Marshal.OffsetOf(Structure(parts[0]), parts[1]);
    }

    private static long ValueOf(string name)
    {
        if (s_enums.TryGetValue(name, out object? value))
            return Convert.ToInt64(value, CultureInfo.InvariantCulture);
        FieldInfo field = s_libc.GetField(name, BindingFlags.NonPublic | BindingFlags.Static) ??
            throw new InvalidDataException($"Libc has no {name}");
        return field.GetRawConstantValue() switch
        {
            // EPOLLONESHOT and the like are unsigned there; the kernel's ints print as C has them.
            uint number => number,
            object number => Convert.ToInt64(number, CultureInfo.InvariantCulture),
            null => throw new InvalidDataException($"{name} has no value"),
        };
    }

    [SuppressMessage("Trimming", "IL2075", Justification = "tests are not trimmed")]
    private static Type Structure(string name) =>
        s_libc.GetNestedType(name, BindingFlags.NonPublic) ?? throw new InvalidDataException($"Libc has no struct {name}");

    private static string Root
    {
        get
        {
            string? directory = AppContext.BaseDirectory;
            while (directory is not null && !File.Exists(Path.Combine(directory, "Tunbridge.slnx")))
                directory = Path.GetDirectoryName(directory);
            return directory ?? throw new DirectoryNotFoundException("no Tunbridge.slnx above the tests");
        }
    }
}
