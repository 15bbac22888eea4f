// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.OpenVpn.Tests.Support;

/// <summary>How many hostile inputs a target gets: <c>TUNBRIDGE_SOAK=1</c> (tests/soak/run) makes it 25 times as many, five million for 200,000.</summary>
internal static class HostileCount
{
    internal static int Of(int ordinary) => Environment.GetEnvironmentVariable("TUNBRIDGE_SOAK") == "1" ? ordinary * 25 : ordinary;
}
