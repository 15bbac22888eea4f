// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;

namespace Tunbridge.Devices;

/// <summary>Why TUNSETIFF was refused, from the card as it is and the wish.</summary>
internal static class AttachDiagnosis
{
    internal static LinuxException Explain(Errno errno, string name, TunFlags flags, DeviceOptions? options) =>
        LinuxException.Create(errno, "TUNSETIFF", name);

    internal static int RequireCard(string name, NetworkNamespace? home) => 0;

    internal static void RequireIndex(string name, NetworkNamespace? home, int index)
    {
    }
}
