// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Tunbridge.Doctor.Facts;

/// <summary>The interfaces of this network namespace and the switches of its stack that cards stumble over.</summary>
internal sealed partial record NetworkFacts
{
    /// <summary>Every interface but lo; empty with <see cref="Refusal"/> when they cannot be listed.</summary>
    public required IReadOnlyList<CardFacts> Interfaces { get; init; }

    /// <summary>Why they cannot be listed, or null.</summary>
    public string? Refusal { get; init; }

    /// <summary>Gives a sysctl as the network namespace has it: <c>net.ipv4.conf.all.rp_filter</c> with slashes for dots.</summary>
    public required Func<string, int?> Sysctl { get; init; }

    /// <summary>The TUN and TAP cards.</summary>
    public IEnumerable<CardFacts> Cards => Interfaces.Where(i => i.IsCard);

    /// <summary>Reads a number below /proc/sys.</summary>
    public static int? ReadSysctl(DoctorRoot root, string path) =>
        int.TryParse(root.ReadWord($"/proc/sys/{path}"), CultureInfo.InvariantCulture, out int value) ? value : null;
}
