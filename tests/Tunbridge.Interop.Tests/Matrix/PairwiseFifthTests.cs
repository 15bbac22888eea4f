// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Interop.Tests.Matrix;

public sealed class PairwiseFifthTests : PairwiseCases
{
    public static TheoryData<string> Cases => Share(4);

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Case_OursWithOpenvpn_CarriesBothWaysAndEndsCleanly(string name) => RunAsync(name);
}
