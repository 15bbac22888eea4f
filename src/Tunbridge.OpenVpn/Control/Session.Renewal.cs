// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;

namespace Tunbridge.OpenVpn.Control;

/// <content>When the next key is due: by time, by bytes, by packets.</content>
public sealed partial class Session
{
    private static readonly TimeSpan s_countEvery = TimeSpan.FromSeconds(1);

    // Far too short for half of what a key can bear.
    private static readonly TimeSpan s_countSeldom = TimeSpan.FromSeconds(60);

    private readonly TimeSpan _renegotiateAfter;
    private DateTimeOffset _nextCount;      // of what the key has carried
    private long _bytesAtKey;               // TunnelBytes when the key became active

    private bool CountsUse => _settings.RenegotiateBytes > 0 || _settings.RenegotiatePackets > 0;

    private TimeSpan DrawRenegotiation()
    {
        TimeSpan most = _settings.RenegotiateAfter;
        TimeSpan least = _settings.RenegotiateAtLeast ?? (_isServer ? most * 0.9 : most);
        if (least >= most)
            return most;
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        _random.Fill(bytes);
        return least + ((most - least) * (BinaryPrimitives.ReadUInt32BigEndian(bytes) / (double)uint.MaxValue));
    }

    private bool IsRenegotiationDue(DateTimeOffset now, KeyState active)
    {
        if (_renegotiateAfter > TimeSpan.Zero && now >= active.ActiveSince + _renegotiateAfter)
            return true;
        if (now < _nextCount)
            return false;
        _nextCount = now + CountEvery(active);
        active.Sealer!.CatchUp();
        active.PingSealer!.CatchUp();
        return SpentOf(active) >= 1 ||
            (_settings.RenegotiateBytes > 0 && TunnelBytes - _bytesAtKey >= _settings.RenegotiateBytes) ||
            (_settings.RenegotiatePackets > 0 && active.Sealer!.Count + active.Opener!.Count >= _settings.RenegotiatePackets);
    }

    private TimeSpan CountEvery(KeyState active) => CountsUse || SpentOf(active) >= 0.5 ? s_countEvery : s_countSeldom;

    // What the key can bear counts both ways: the peer may be one that does not count.
    private static double SpentOf(KeyState active) => Math.Max(active.Sealer!.Spent, active.Opener!.Spent);
}
