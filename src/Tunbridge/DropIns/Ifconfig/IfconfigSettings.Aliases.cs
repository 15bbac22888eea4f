// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Globalization;
using Tunbridge.Linux;
using static Tunbridge.DropIns.InterfaceRequest;

namespace Tunbridge.DropIns;

internal sealed partial class IfconfigSettings
{
    private const int Inet6Bits = 128;

    /// <summary><c>add</c> and <c>del</c>: an IPv6 address when there is a colon in it, else an IPv4 label.</summary>
    private void ApplyAddOrDelete(bool delete)
    {
        if (!TryTake(out string host))
            return;
        if (!host.Contains(':', StringComparison.Ordinal))
        {
            ApplyLabel(host, delete);
            return;
        }

        if (delete)
            ApplyInet6(host, SIOCDIFADDR, nameof(SIOCDIFADDR));
        else
            ApplyInet6(host, SIOCSIFADDR, nameof(SIOCSIFADDR));
    }

    /// <summary><c>tunnel</c>: the far end, an IPv6 address that holds an IPv4 one; only a SIT device takes it.</summary>
    private void ApplyTunnel()
    {
        if (TryTake(out string host))
            ApplyInet6(host, SIOCSIFDSTADDR, nameof(SIOCSIFDSTADDR));
    }

    private void ApplyInet6(string host, uint request, string requestName)
    {
        int prefixLength = Inet6Bits;
        int slash = host.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0)
        {
            prefixLength = CNumber.ParseInt32(host.AsSpan(slash + 1), 10);
            host = host[..slash];
            if (prefixLength is < 0 or > Inet6Bits)
            {
                EndWithUsage();
                return;
            }
        }

        Span<byte> address = stackalloc byte[16];
        if (!InternetText.TryParseInet6(host, address))
        {
            HostResolver.Complain(_error, host, HostLookup.NotAsked);
            _failures |= 1;
        }
        else if (!_sockets.HasInet6)
        {
            _error.Write("No support for INET6 on this system.\n");
            _failures |= 1;
        }
        else if (Check(_sockets.GetIndex(_name, out int index), "SIOGIFINDEX"))
        {
            Check(_sockets.PutInet6(request, address, prefixLength, index), requestName);
        }
    }

    /// <summary>Finds the label that has the address, or makes one; the original does the second for <c>del</c> too.</summary>
    private void ApplyLabel(string host, bool delete)
    {
        byte[] wanted = new byte[4];
        HostLookup lookup = HostResolver.ResolveInet(host, wanted);
        if (lookup != HostLookup.Found)
        {
            HostResolver.Complain(_error, host, lookup);
            _failures |= 1;
            return;
        }

        InterfaceReading? master = InterfaceReading.TryRead(_sockets, _name, _error);
        HashSet<string> labels = new(StringComparer.Ordinal);
        string prefix = $"{_name}:";
        foreach (string name in _catalog.List(also: _name))
        {
            InterfaceReading? reading = InterfaceReading.TryRead(_sockets, name, _error);
            if (reading is null || !name.StartsWith(prefix, StringComparison.Ordinal))
                continue;
            labels.Add(name);
            if (reading.Address is null || !reading.Address.AsSpan().SequenceEqual(wanted))
                continue;
            ChangeFlags(name, set: (ushort)(delete ? 0 : IFF_UP | IFF_RUNNING), clear: (ushort)(delete ? IFF_UP : 0));
            return;
        }

        if (delete)
            DropInWarning.Write(_error, $"{_name} has no label with {host}; ifconfig adds one when asked to delete it.");
        MakeLabel(wanted, master, labels);
    }

    /// <summary>Gives the first free label the address, and the card's own mask and broadcast address.</summary>
    private void MakeLabel(byte[] wanted, InterfaceReading? master, HashSet<string> labels)
    {
        int number = 0;
        string label;
        do
        {
            label = InterfaceNames.Cut(string.Create(CultureInfo.InvariantCulture, $"{_name}:{number++}"));
        }
        while (labels.Contains(label) && number < 256);

        // The original gives up at the first refusal, and neither says so nor fails.
        bool made = PutQuietly(SIOCSIFADDR, label, wanted) &&
            PutQuietly(SIOCSIFNETMASK, label, master?.Netmask) &&
            PutQuietly(SIOCSIFBRDADDR, label, master?.Broadcast);
        if (made)
            ChangeFlags(label, IFF_BROADCAST, 0);
        else
            DropInWarning.Write(_error, $"the kernel refused {InternetText.FormatInet(wanted)} for {label}.");
    }

    private bool PutQuietly(uint request, string label, byte[]? address)
    {
        Span<byte> union = stackalloc byte[UnionSize];
        union.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(union, AddressFamily.Inet);
        address?.CopyTo(union[4..]);
        return _sockets.Put(_family, request, label, union) == Errno.None;
    }
}
