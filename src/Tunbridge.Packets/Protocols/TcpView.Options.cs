// SPDX-License-Identifier: Apache-2.0
using static System.Buffers.Binary.BinaryPrimitives;

namespace Tunbridge.Packets;

// The options every connection negotiates, and the segment as text.
public readonly ref partial struct TcpView
{
    private const int MaximumSegmentSizeDataSize = 2;
    private const int WindowScaleDataSize = 1;
    private const int TimestampsDataSize = 8;
    private const int SackBlockSize = 8;

    /// <summary>Selective acknowledgments may be sent (RFC 2018).</summary>
    public bool IsSackPermitted => TryFind(TcpOptionKind.SackPermitted, out ReadOnlySpan<byte> data) && data.IsEmpty;

    /// <summary>
    /// The largest segment the sender takes, in bytes; false when the option is not there.
    /// </summary>
    public bool TryGetMaximumSegmentSize(out ushort size)
    {
        bool found = TryFind(TcpOptionKind.MaximumSegmentSize, out ReadOnlySpan<byte> data)
            && data.Length == MaximumSegmentSizeDataSize;
        size = found ? ReadUInt16BigEndian(data) : (ushort)0;
        return found;
    }

    /// <summary>
    /// The shift for the sender's window, as sent: above 14 counts as 14 (RFC 7323 section 2.3). False
    /// when the option is not there.
    /// </summary>
    public bool TryGetWindowScale(out byte shift)
    {
        bool found = TryFind(TcpOptionKind.WindowScale, out ReadOnlySpan<byte> data)
            && data.Length == WindowScaleDataSize;
        shift = found ? data[0] : (byte)0;
        return found;
    }

    /// <summary>
    /// The time of sending and the echo of the peer's; false when the option is not there.
    /// </summary>
    public bool TryGetTimestamps(out uint value, out uint echo)
    {
        bool found = TryFind(TcpOptionKind.Timestamps, out ReadOnlySpan<byte> data)
            && data.Length == TimestampsDataSize;
        value = found ? ReadUInt32BigEndian(data) : 0;
        echo = found ? ReadUInt32BigEndian(data[4..]) : 0;
        return found;
    }

    private bool TryFind(TcpOptionKind kind, out ReadOnlySpan<byte> data)
    {
        foreach (HeaderOption option in Options)
        {
            if (option.Kind != (byte)kind) continue;
            data = option.Data;
            return true;
        }

        data = default;
        return false;
    }

    internal void AppendTo(ref TextBuffer text)
    {
        text.Append("Flags [");
        AppendFlags(ref text, Flags);
        text.Append("], ");
        if (Payload.Length > 0 || (Flags & (TcpFlags.Syn | TcpFlags.Fin | TcpFlags.Rst)) != 0)
        {
            text.Append("seq ");
            text.Append(SequenceNumber);
            if (Payload.Length > 0)
            {
                text.Append(":");
                text.Append(SequenceNumber + (uint)Payload.Length);
            }

            text.Append(", ");
        }

        if ((Flags & TcpFlags.Ack) != 0)
        {
            text.Append("ack ");
            text.Append(AcknowledgmentNumber);
            text.Append(", ");
        }

        text.Append("win ");
        text.Append((uint)WindowSize);
        if ((Flags & TcpFlags.Urg) != 0)
        {
            text.Append(", urg ");
            text.Append((uint)UrgentPointer);
        }

        if (!OptionBytes.IsEmpty) AppendOptions(ref text);
        text.Append(", length ");
        text.Append(Payload.Length);
    }

    private static void AppendFlags(ref TextBuffer text, TcpFlags flags)
    {
        if (flags == TcpFlags.None) text.Append("none");
        if ((flags & TcpFlags.Fin) != 0) text.Append("F");
        if ((flags & TcpFlags.Syn) != 0) text.Append("S");
        if ((flags & TcpFlags.Rst) != 0) text.Append("R");
        if ((flags & TcpFlags.Psh) != 0) text.Append("P");
        if ((flags & TcpFlags.Ack) != 0) text.Append(".");
        if ((flags & TcpFlags.Urg) != 0) text.Append("U");
        if ((flags & TcpFlags.Ece) != 0) text.Append("E");
        if ((flags & TcpFlags.Cwr) != 0) text.Append("W");
        if ((flags & TcpFlags.AccurateEcn) != 0) text.Append("e");
    }

    private void AppendOptions(ref TextBuffer text)
    {
        text.Append(", options [");
        bool isFirst = true;
        HeaderOptions options = Options;
        while (options.MoveNext())
        {
            if (!isFirst) text.Append(",");
            isFirst = false;
            AppendOption(ref text, options.Current);
        }

        if (options.IsMalformed) text.Append(isFirst ? "malformed" : ",malformed");
        else if (isFirst) text.Append("eol");
        text.Append("]");
    }

    private static void AppendOption(ref TextBuffer text, HeaderOption option)
    {
        ReadOnlySpan<byte> data = option.Data;
        switch ((TcpOptionKind)option.Kind)
        {
            case TcpOptionKind.NoOperation:
                text.Append("nop");
                break;
            case TcpOptionKind.MaximumSegmentSize when data.Length == MaximumSegmentSizeDataSize:
                text.Append("mss ");
                text.Append((uint)ReadUInt16BigEndian(data));
                break;
            case TcpOptionKind.WindowScale when data.Length == WindowScaleDataSize:
                text.Append("wscale ");
                text.Append((uint)data[0]);
                break;
            case TcpOptionKind.SackPermitted when data.IsEmpty:
                text.Append("sackOK");
                break;
            case TcpOptionKind.Sack when data.Length % SackBlockSize == 0 && !data.IsEmpty:
                AppendSack(ref text, data);
                break;
            case TcpOptionKind.Timestamps when data.Length == TimestampsDataSize:
                text.Append("TS val ");
                text.Append(ReadUInt32BigEndian(data));
                text.Append(" ecr ");
                text.Append(ReadUInt32BigEndian(data[4..]));
                break;
            default:
                text.Append("option ");
                text.Append((uint)option.Kind);
                break;
        }
    }

    private static void AppendSack(ref TextBuffer text, ReadOnlySpan<byte> data)
    {
        text.Append("sack ");
        text.Append(data.Length / SackBlockSize);
        text.Append(" ");
        for (; !data.IsEmpty; data = data[SackBlockSize..])
        {
            text.Append("{");
            text.Append(ReadUInt32BigEndian(data));
            text.Append(":");
            text.Append(ReadUInt32BigEndian(data[4..]));
            text.Append("}");
        }
    }
}
