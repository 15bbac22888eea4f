// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Interop.Tests.Cases;
using Tunbridge.Interop.Tests.Peers;
using Tunbridge.Testing;

namespace Tunbridge.Interop.Tests.Matrix;

/// <summary>Whether the matrix asks only for what the official program does with itself; all cases in tests/soak/interop.</summary>
public sealed class ReferenceTests
{
    public static TheoryData<string> Cases =>
        [.. InteropCase.Pairwise.Where((_, number) => Long.IsOn || number % 20 == 0).Select(c => $"{c}")];

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Case_OpenvpnWithItself_CarriesBothWaysAndEndsCleanly(string name)
    {
        RealTool.Require("openvpn", "ping", "ip");
        return MatrixRun.RunAsync(InteropCase.Parse(name), TunnelProgram.Official, TunnelProgram.Official, TestContext.Current.CancellationToken);
    }
}
