// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Hosting.Tests.Pumps;

public sealed class LoadGaugeTests
{
    [Fact]
    public void Packets_WithinAMillisecond_AreLoadFromTheThirtyThirdOn()
    {
        LoadGauge gauge = new();
        for (int i = 1; i <= 100; i++)
            Assert.Equal(i > 32, gauge.Add(1, 7));
        Assert.False(gauge.Add(32, 8));
        Assert.True(gauge.Add(1, 8));
    }

    [Fact]
    public void Packets_InDifferentMilliseconds_AreNeverLoad()
    {
        LoadGauge gauge = new();
        for (int i = 1; i <= 100; i++)
            Assert.False(gauge.Add(32, i));
        Assert.True(gauge.Add(LoadGauge.Load, 101));
    }
}
