// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets.Tests.Offload;

/// <summary>Segmenter runs that look after the bytes around the packet.</summary>
internal static class Cutting
{
    public const int Headroom = 64;

    private static readonly GuardedBuffer s_buffer = new(70_000);

    /// <summary>Cuts, and overwrites every segment and its headroom once it is copied, as a sealer would.</summary>
    public static List<byte[]>? Run(ReadOnlySpan<byte> packet, DeviceLayer layer, in GsoInfo gso, out SegmentRefusal refusal)
    {
        lock (s_buffer)
        {
            Span<byte> whole = s_buffer.Take(Headroom + packet.Length);
            packet.CopyTo(whole[Headroom..]);
            List<byte[]>? segments = null;
            if (Segmenter.TryStart(whole, Headroom, layer, gso, out Segmenter segmenter, out refusal))
            {
                Assert.Equal(SegmentRefusal.None, refusal);
                segments = [];
                while (segmenter.TryNext(out Span<byte> segment, 20))
                {
                    segments.Add(segment[20..].ToArray());
                    segment.Fill(0x5A);
                }

                if (segments.Count != segmenter.Count)
                    Assert.Fail($"{segments.Count} segments came, {segmenter.Count} were announced");
            }
            else
            {
                Assert.NotEqual(SegmentRefusal.None, refusal);
                Assert.True(whole[Headroom..].SequenceEqual(packet), "a refused packet was changed");
            }

            Assert.True(s_buffer.IsIntact, "bytes outside the buffer were written");
            return segments;
        }
    }
}
