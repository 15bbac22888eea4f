// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Interop.Tests.Cases;
using Tunbridge.Interop.Tests.Peers;
using Tunbridge.Testing;

namespace Tunbridge.Interop.Tests.Matrix;

/// <summary>The first case of each of the twelve wraps against openvpn 2.7.</summary>
public sealed class NewerTests
{
    public static TheoryData<string> Cases => [.. InteropCase.Pairwise.DistinctBy(c => c.Wrap).Select(c => $"{c}")];

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Case_OursWithOpenvpn27_CarriesBothWaysAndEndsCleanly(string name)
    {
        RealTool.Require("openvpn", "ping", "ip");
        Assert.SkipWhen(TunnelProgram.Newer.Path.Length == 0, "openvpn 2.7 could not be had; ./test fetches it from Debian unstable");
        return MatrixRun.RunAsync(InteropCase.Parse(name), TunnelProgram.Newer, TestContext.Current.CancellationToken);
    }
}
