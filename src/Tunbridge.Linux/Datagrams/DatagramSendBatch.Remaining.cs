// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Linux;

public sealed unsafe partial class DatagramSendBatch
{
    /// <summary>How many datagrams of the batch have not been handed to the kernel yet.</summary>
    public int RemainingCount
    {
        get
        {
            int count = 0;
            for (int i = _next.Message; i < _messageCount; i++)
                count += _messages[i].Datagrams;
            // Of a message that goes out datagram by datagram, those that have gone.
            if (_next.Message < _messageCount && _next.Vector >= _messages[_next.Message].FirstVector)
            {
                ref readonly Message first = ref _messages[_next.Message];
                long bytes = _next.Offset;
                for (int v = first.FirstVector; v < _next.Vector; v++)
                    bytes += (long)_vectors[v].iov_len;
                count -= first.SegmentSize == 0 ? 0 : (int)(bytes / first.SegmentSize);
            }

            return count;
        }
    }
}
