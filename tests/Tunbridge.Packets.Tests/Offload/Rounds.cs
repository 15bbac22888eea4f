// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets.Tests.Offload;

/// <summary>How often random tests run: <c>TUNBRIDGE_SOAK=1</c> (tests/soak/run) makes it five times as many.</summary>
internal static class Rounds
{
    public static int Count { get; } = Environment.GetEnvironmentVariable("TUNBRIDGE_SOAK") == "1" ? 1_000_000 : 200_000;
}
