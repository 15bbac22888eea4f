// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Linux;

/// <summary>The switch that turns segmentation by the kernel off for a whole process.</summary>
public static class GsoSwitch
{
    /// <summary>
    /// The environment variable; 1 turns runs of datagrams and superpackets off, both ways, from the next open on.
    /// </summary>
    public const string Variable = "TUNBRIDGE_NO_GSO";

    /// <summary>Whether it is off.</summary>
    public static bool IsOff => Environment.GetEnvironmentVariable(Variable) == "1";
}
