// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets.Tests.Offload;

/// <summary>Packets and flows of chance, from a seed.</summary>
internal sealed class RandomWires(int seed)
{
    private readonly Random _random = new(seed);

    public Random Random => _random;

    public byte[] Bytes(int length)
    {
        byte[] bytes = new byte[length];
        _random.NextBytes(bytes);
        return bytes;
    }

    public bool Chance(int oneIn) => _random.Next(oneIn) == 0;

    /// <summary>The headers of a flow; what the coalescer takes, if <paramref name="isPlain"/>.</summary>
    public Wire Flow(DeviceLayer layer, bool isPlain)
    {
        bool isVersion6 = Chance(2);
        bool isUdp = Chance(3);
        return new Wire
        {
            Tags = layer == DeviceLayer.Packet ? -1 : _random.Next(3),
            Mac = (byte)_random.Next(3),
            IsVersion6 = isVersion6,
            IsUdp = isUdp,
            From = (byte)_random.Next(1, 4),
            To = (byte)_random.Next(1, 4),
            SourcePort = (ushort)_random.Next(1, 4),
            DestinationPort = (ushort)_random.Next(1, 4),
            TrafficClass = (byte)_random.Next(256),
            HopLimit = (byte)_random.Next(1, 256),
            FlowLabel = isVersion6 ? (uint)_random.Next(1 << 20) : 0,
            Identification = (ushort)(Chance(4) ? 0xFFFE : _random.Next(0x10000)),
            Fragment = Chance(2) ? (ushort)0x4000 : (ushort)0,
            Ipv4Options = isPlain || isVersion6 || Chance(2) ? [] : [.. Enumerable.Repeat((byte)1, 4 * _random.Next(1, 11))],
            Extension = isPlain || !isVersion6 || Chance(2) ? (byte)0 : (byte)60,
            Sequence = Chance(4) ? uint.MaxValue - 50 : (uint)_random.NextInt64(1L << 32),
            Acknowledgment = (uint)_random.NextInt64(1L << 32),
            Window = (ushort)_random.Next(0x10000),
            Options = isUdp || Chance(2) ? [] : [1, 1, 8, 10, .. Bytes(8)],
        };
    }
}
