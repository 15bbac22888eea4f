// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Text;
using Tunbridge.Linux;
using static Tunbridge.DropIns.InterfaceRequest;

namespace Tunbridge.DropIns;

internal sealed partial class IfconfigSettings
{
    private bool TryApplyLink(string word)
    {
        switch (word)
        {
            case "mtu":
                ApplyNumber(SIOCSIFMTU, nameof(SIOCSIFMTU), numberBase: 10);
                return true;
            case "txqueuelen":
                ApplyNumber(SIOCSIFTXQLEN, nameof(SIOCSIFTXQLEN), numberBase: 0);
                return true;
            case "outfill":
                ApplyNumber(SIOCSOUTFILL, nameof(SIOCSOUTFILL), numberBase: 10);
                return true;
            case "keepalive":
                ApplyNumber(SIOCSKEEPALIVE, nameof(SIOCSKEEPALIVE), numberBase: 10);
                return true;
            case "hw":
                ApplyHardwareAddress();
                return true;
            case "name":
                ApplyName();
                return true;
            case "media":
                ApplyMedia();
                return true;
            case "mem_start" or "io_addr" or "irq":
                if (TryTake(out string number))
                    ApplyMap(word, map => Place(word, number, map));
                return true;
            default:
                return false;
        }
    }

    private void ApplyNumber(uint request, string requestName, int numberBase)
    {
        if (!TryTake(out string number))
            return;
        Span<byte> union = stackalloc byte[UnionSize];
        union.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(union, CNumber.ParseInt32(number, numberBase));
        Put(request, requestName, union);
    }

    private void ApplyName()
    {
        if (!TryTake(out string name))
            return;
        Span<byte> union = stackalloc byte[UnionSize];
        union.Clear();
        Encoding.UTF8.GetBytes(InterfaceNames.Cut(name, _error), union);
        Put(SIOCSIFNAME, nameof(SIOCSIFNAME), union);
    }

    private void ApplyHardwareAddress()
    {
        if (!TryTake(out string kind))
            return;
        if (HardwareClass.Find(kind) is not { } hardware)
        {
            EndWithUsage();
            return;
        }

        if (!hardware.CanSet)
        {
            // Nothing after it ends the run here; the original reads on past its arguments.
            _next = Math.Min(_next + 1, _words.Length);
            _error.Write($"hw address type `{kind}' has no handler to set address. failed.\n");
            _failures |= 1;
            return;
        }

        if (!TryTake(out string text))
            return;
        Span<byte> union = stackalloc byte[UnionSize];
        union.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(union, (ushort)hardware.Type);
        if (hardware.TryParse(text, union[2..16]))
        {
            Put(SIOCSIFHWADDR, nameof(SIOCSIFHWADDR), union);
            return;
        }

        _error.Write($"{text}: invalid {kind} address.\n");
        _failures |= 1;
    }

    private void ApplyMedia()
    {
        if (_next < _words.Length && string.Equals(_words[_next], "auto", StringComparison.OrdinalIgnoreCase))
        {
            // The original does not step over the word, which is then taken for an address.
            SetFlags(IFF_AUTOMEDIA);
            return;
        }

        if (!TryTake(out string media))
            return;
        if (MediaPort.TryParse(media, out byte port))
        {
            ApplyMap("port", map => map with { Port = port });
            return;
        }

        _error.Write("Unknown media type.\n");
        _failures |= 1;
    }

    private void ApplyMap(string word, Func<DeviceMap, DeviceMap> change)
    {
        Span<byte> union = stackalloc byte[UnionSize];
        union.Clear();
        if (!Put(SIOCGIFMAP, $"{word}: {nameof(SIOCGIFMAP)}", union))
            return;
        change(DeviceMap.Read(union)).Write(union);
        Put(SIOCSIFMAP, $"{word}: {nameof(SIOCSIFMAP)}", union);
    }

    private static DeviceMap Place(string word, string number, DeviceMap map) => word switch
    {
        "mem_start" => map with { MemoryStart = unchecked((ulong)CNumber.Parse(number, 0, out _)) },
        "io_addr" => map with { BaseAddress = unchecked((ushort)CNumber.Parse(number, 0, out _)) },
        _ => map with { Interrupt = unchecked((byte)CNumber.ParseInt32(number, 10)) },
    };
}
