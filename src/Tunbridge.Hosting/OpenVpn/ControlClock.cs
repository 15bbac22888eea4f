// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Hosting.OpenVpn;

/// <summary>The time of a control side: begins at the wall time and then only grows, whatever is done to the wall clock.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class ControlClock
{
    private readonly DateTimeOffset _start;
    private readonly long _startTimestamp;

    internal ControlClock(TimeProvider provider)
    {
        Provider = provider;
        _start = provider.GetUtcNow();
        _startTimestamp = provider.GetTimestamp();
        Offset = _start.ToUnixTimeMilliseconds() - Environment.TickCount64;
    }

    internal TimeProvider Provider { get; }

    internal DateTimeOffset Now => _start + Provider.GetElapsedTime(_startTimestamp);

    /// <summary>
    /// What is added to the data path's milliseconds (<see cref="Environment.TickCount64"/>) to make them this clock's, in Unix
    /// milliseconds: sealers and openers leave the time of their last packet with the session in these.
    /// </summary>
    internal long Offset { get; }
}
