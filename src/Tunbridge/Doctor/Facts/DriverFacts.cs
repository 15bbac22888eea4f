// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Tunbridge.Linux;

namespace Tunbridge.Doctor.Facts;

/// <summary>What the driver itself answers: its row in /proc/misc, its node, an open, TUNGETFEATURES.</summary>
internal sealed record DriverFacts
{
    /// <summary>The numbers of the node: misc major, and TUN_MINOR of linux/miscdevice.h.</summary>
    public const uint Major = 10;

    /// <summary>The minor number.</summary>
    public const uint Minor = 200;

    /// <summary>Whether /proc/misc lists the driver; null when /proc/misc cannot be read.</summary>
    public required bool? IsListed { get; init; }

    /// <summary>Whether it was listed only after the node had been opened: the kernel loaded the module by itself.</summary>
    public bool WasLoadedByOpen { get; init; }

    /// <summary>The node, or null when there is none.</summary>
    public required DeviceNode? Node { get; init; }

    /// <summary>Why there is no node.</summary>
    public Errno NodeErrno { get; init; }

    /// <summary>How opening it for reading and writing ended.</summary>
    public required Errno OpenErrno { get; init; }

    /// <summary>What TUNGETFEATURES answered; null when it could not be asked or was refused.</summary>
    public TunFlags? Features { get; init; }

    /// <summary>Why TUNGETFEATURES was refused.</summary>
    public Errno FeaturesErrno { get; init; }

    /// <summary>Whether the driver is there, by its row, or by having answered.</summary>
    public bool IsPresent => IsListed == true || Features is not null;

    /// <summary>Whether the node is what it should be: a character device with the driver's numbers.</summary>
    public bool IsNodeRight => Node is { IsCharacterDevice: true, Major: Major, Minor: Minor };

    /// <summary>Asks, in the order of proof.</summary>
    public static DriverFacts Read(DoctorRoot root)
    {
        bool? listed = IsListedIn(root);
        DeviceNode? node = DeviceNode.TryRead(root.At(TunControl.ClonePath), out Errno nodeErrno);
        TunFlags? features = null;
        Errno featuresErrno = Errno.None;
        using FileDescriptor? descriptor = FileDescriptor.TryOpen(
            root.At(TunControl.ClonePath), OpenMode.ReadWrite | OpenMode.NonBlocking, out Errno openErrno);
        // A node of other numbers may be anything: it is not asked.
        if (descriptor is not null && node is { IsCharacterDevice: true, Major: Major, Minor: Minor })
        {
            try
            {
                features = TunControl.GetFeatures(descriptor);
            }
            catch (LinuxException e)
            {
                featuresErrno = e.Errno;
            }
        }

        // Opening the node makes the kernel load the module, where it may (alias char-major-10-200).
        bool? listedNow = IsListedIn(root);
        return new()
        {
            IsListed = listedNow,
            WasLoadedByOpen = listed == false && listedNow == true,
            Node = node,
            NodeErrno = nodeErrno,
            OpenErrno = openErrno,
            Features = features,
            FeaturesErrno = featuresErrno,
        };
    }

    private static bool? IsListedIn(DoctorRoot root)
    {
        if (root.ReadText("/proc/misc") is not { } text)
            return null;
        foreach (string line in text.Split('\n'))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words is [var minor, "tun"] && minor == Minor.ToString(CultureInfo.InvariantCulture))
                return true;
        }

        return false;
    }
}
