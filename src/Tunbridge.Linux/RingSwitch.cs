// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Linux;

/// <summary>The switch that turns io_uring off for a whole process.</summary>
public static class RingSwitch
{
    /// <summary>The environment variable; 1 makes every read a system call of its own, from the next open on.</summary>
    public const string Variable = "TUNBRIDGE_NO_URING";

    /// <summary>Whether it is off.</summary>
    public static bool IsOff => Environment.GetEnvironmentVariable(Variable) == "1";
}
