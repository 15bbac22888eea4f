// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Interop.Tests.Cases;
using Tunbridge.Interop.Tests.Peers;
using Tunbridge.Testing;

namespace Tunbridge.Interop.Tests.Matrix;

/// <summary>A share of the pairwise cases against the official program; the shares run at the same time, a share one after the other.</summary>
public abstract class PairwiseCases
{
    private protected const int Shares = 5;

    private protected static TheoryData<string> Share(int share) =>
        [.. InteropCase.Pairwise.Where((_, number) => number % Shares == share).Select(c => $"{c}")];

    private protected static Task RunAsync(string name)
    {
        RealTool.Require("openvpn", "ping", "ip");
        return MatrixRun.RunAsync(InteropCase.Parse(name), TunnelProgram.Official, TestContext.Current.CancellationToken);
    }
}
