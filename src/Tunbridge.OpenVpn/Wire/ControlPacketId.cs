// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.OpenVpn.Wire;

/// <summary>The numbers under which one side sends wrapped control packets: a count from 1, and when it began.</summary>
internal struct ControlPacketId
{
    private uint _last;
    private uint _time;

    /// <param name="unixSeconds">When this sequence begins.</param>
    /// <param name="start">The number before the first: 0, or the mark of early negotiation.</param>
    internal ControlPacketId(long unixSeconds, uint start = 0)
    {
        _time = (uint)unixSeconds;
        _last = start;
    }

    /// <summary>Takes the next number. A count that is used up begins anew under a later time.</summary>
    internal (uint Number, uint Time) Next()
    {
        if (_last == uint.MaxValue)
        {
            _last = 0;
            _time++;
        }
        return (++_last, _time);
    }
}
