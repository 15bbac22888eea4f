// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Interop.Tests.Matrix;

public sealed class PairwiseSecondTests : PairwiseCases
{
    public static TheoryData<string> Cases => Share(1);

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Case_OursWithOpenvpn_CarriesBothWaysAndEndsCleanly(string name) => RunAsync(name);
}
