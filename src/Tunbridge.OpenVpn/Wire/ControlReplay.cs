// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Wire;

/// <summary>
/// Tells wrapped control packets that come for the first time from replayed ones: a later time begins a new sequence, an
/// earlier one is refused, within one sequence the window decides. Asked only after a packet has been found authentic.
/// </summary>
internal sealed class ControlReplay
{
    // replay-window 64 15, the reference's default
    private const int WindowSize = 64;
    private const long MaximumAge = 15_000;

    private readonly ReplayWindow _window = new(WindowSize);
    private uint _time;

    internal bool TryAccept(uint number, uint time, long nowMilliseconds)
    {
        if (number == 0 || time < _time)
            return false;
        if (time > _time)
        {
            _time = time;
            _window.Reset();
        }
        return _window.TryAccept(number, nowMilliseconds, MaximumAge);
    }
}
