// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Hosting.Tests;

public sealed class TunnelClockTests
{
    [Fact]
    public void Clock_WhileTheWallTimeJumps_OnlyGoesOn()
    {
        JumpingTime time = new();
        TunnelClock clock = new(time);
        DateTimeOffset start = clock.Now;
        Assert.Equal(time.Wall, start);
        time.Wall -= TimeSpan.FromDays(1);
        time.Stamp += 1_500;
        Assert.Equal(start + TimeSpan.FromMilliseconds(1500), clock.Now);
        Assert.Equal(clock.Now.ToUnixTimeMilliseconds(), clock.Milliseconds);
        Assert.Same(time, clock.Provider);
    }

    private sealed class JumpingTime : TimeProvider
    {
        internal DateTimeOffset Wall { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        internal long Stamp { get; set; } = 77;

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => Stamp;

        public override DateTimeOffset GetUtcNow() => Wall;
    }
}
