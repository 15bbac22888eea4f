// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Interop.Tests;

/// <summary>What tests/soak asks for more than ./test does.</summary>
internal static class Long
{
    internal static bool IsOn { get; } = Environment.GetEnvironmentVariable("TUNBRIDGE_SOAK") == "1";
}
