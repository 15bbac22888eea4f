// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Linux.Tests.Datagrams;

/// <summary>The switch in the environment.</summary>
[Collection(AloneCollection.Name)]
public sealed class GsoSwitchTests : DatagramTest
{
    [Theory]
    [InlineData("1", true)]
    [InlineData("0", false)]
    public void Switch_TurnsRunsOffBothWays(string value, bool isOff)
    {
        Environment.SetEnvironmentVariable(GsoSwitch.Variable, value);
        try
        {
            Assert.Equal(isOff, GsoSwitch.IsOff);
            using DatagramSocket to = Open("127.0.0.1:0"), from = Open("127.0.0.1:0");
            Assert.Equal((isOff, !isOff), (from.IsSegmentationOff, to.IsCoalescing));
            using DatagramSendBatch batch = Fill(new(to.LocalAddress), "aa", "bb", "c");
            from.Send(batch, Token);
            Assert.Equal(["aa", "bb", "c"], Receive(to, 3));
        }
        finally
        {
            Environment.SetEnvironmentVariable(GsoSwitch.Variable, null);
        }
    }
}
