// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Tunbridge.Linux;

namespace Tunbridge.DropIns;

/// <summary>Interface names as the original programs treat them.</summary>
internal static class InterfaceNames
{
    /// <summary>The name cut at 15 bytes, silently, as the originals do.</summary>
    internal static string Cut(string name)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(name);
        return utf8.Length <= TunControl.MaximumNameLength
            ? name
            : Encoding.UTF8.GetString(utf8, 0, TunControl.MaximumNameLength);
    }

    /// <summary>Cuts, and says so on a terminal.</summary>
    internal static string Cut(string name, TextWriter error)
    {
        string cut = Cut(name);
        if (cut != name)
            DropInWarning.Write(error, $"'{name}' is longer than 15 bytes; '{cut}' is used.");
        return cut;
    }
}
