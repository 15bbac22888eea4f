// SPDX-License-Identifier: Apache-2.0
using System.Reflection;
using System.Runtime.InteropServices;
using Tunbridge.Crypto;

namespace Tunbridge.DropIns.Openvpn;

/// <summary>What tells people and programs which openvpn this stands in for, and that it is another.</summary>
internal static class VersionLines
{
    /// <summary>The version whose options, lines and wire format it has.</summary>
    internal const string Version = "2.6.14";

    private static string Own => typeof(VersionLines).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    /// <summary>The first lines of a log and of --version; scripts take the second word for the version.</summary>
    internal static IEnumerable<string> Lines
    {
        get
        {
            string machine = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "aarch64-unknown-linux-gnu" : "x86_64-pc-linux-gnu";
            yield return $"OpenVPN {Version} {machine} [SSL (OpenSSL)] [EPOLL] [AEAD] [Tunbridge {Own}]";
            yield return $"library versions: {CryptoProviders.Describe()}";
        }
    }

    internal static void Write(TextWriter output)
    {
        foreach (string line in Lines)
            output.Write($"{line}\n");
        output.Write($"DCO version: N/A\nTunbridge {Own} stands in for openvpn and is not made by the OpenVPN project.\n");
    }
}
