// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using Tunbridge.Linux;
using static Tunbridge.DropIns.InterfaceRequest;

namespace Tunbridge.DropIns;

internal sealed partial class IfconfigSettings
{
    /// <summary>The mask of ADDRESS/LENGTH, set when all words are done.</summary>
    private byte[]? _pendingNetmask;

    /// <summary>Whether the word <c>netmask</c> was there; ADDRESS/LENGTH after it is refused.</summary>
    private bool _netmaskGiven;

    private bool TryApplyInternet(string word)
    {
        switch (word)
        {
            case "netmask":
                if (TryTakeAddress(out byte[] mask))
                {
                    _netmaskGiven = true;
                    Put(SIOCSIFNETMASK, nameof(SIOCSIFNETMASK), mask);
                }

                return true;
            case "dstaddr":
                if (TryTakeAddress(out byte[] destination))
                    Put(SIOCSIFDSTADDR, nameof(SIOCSIFDSTADDR), destination);
                return true;
            case "broadcast":
                ApplyAddressAndFlag(SIOCSIFBRDADDR, nameof(SIOCSIFBRDADDR), IFF_BROADCAST);
                return true;
            case "-broadcast":
                ClearFlags(IFF_BROADCAST);
                WarnIfStill(IFF_BROADCAST, "BROADCAST mode.");
                return true;
            case "pointopoint":
                ApplyAddressAndFlag(SIOCSIFDSTADDR, nameof(SIOCSIFDSTADDR), IFF_POINTOPOINT);
                return true;
            case "-pointopoint":
                ClearFlags(IFF_POINTOPOINT);
                WarnIfStill(IFF_POINTOPOINT, "POINTOPOINT mode.");
                return true;
            case "add":
                ApplyAddOrDelete(delete: false);
                return true;
            case "del":
                ApplyAddOrDelete(delete: true);
                return true;
            case "tunnel":
                ApplyTunnel();
                return true;
            default:
                return false;
        }
    }

    /// <summary>A word that is no keyword: the interface's address, which also brings it up.</summary>
    private void ApplyAddress(string word)
    {
        string host = word;
        if (_family.Number == AddressFamily.Inet && word.IndexOf('/', StringComparison.Ordinal) is var slash and >= 0)
        {
            if (_netmaskGiven || !CNumber.TryParseWhole(word[(slash + 1)..], 0, out int length))
            {
                EndWithUsage();
                return;
            }

            host = word[..slash];
            // Shifting a 32-bit number uses five bits of the count on x86 and in C#, so /32 gives the mask 0.0.0.0.
            byte[] mask = NewSocketAddress();
            BinaryPrimitives.WriteUInt32BigEndian(mask.AsSpan(4), ~(uint.MaxValue >> length));
            _pendingNetmask = mask;
            if (length is < 0 or >= 32)
            {
                string got = InternetText.FormatInet(mask.AsSpan(4, 4));
                DropInWarning.Write(_error, $"/{length} sets the netmask {got}; use `netmask 255.255.255.255` for one host.");
            }
        }

        if (!TryResolve(host, out byte[] address))
        {
            if (_end is null)
            {
                _error.Write(IfconfigUsage.Hint);
                End(1);
            }

            return;
        }

        if (_family.Number != AddressFamily.Inet)
        {
            _error.Write($"Don't know how to set addresses for family {_family.Number}.\n");
            End(1);
            return;
        }

        string text = InternetText.FormatInet(address.AsSpan(4, 4));
        if (HasOctal(host))
            DropInWarning.Write(_error, $"numbers with a leading 0 are octal: {host} is {text}.");
        Put(SIOCSIFADDR, nameof(SIOCSIFADDR), address);
        // 0.0.0.0 deletes a label, and there is then nothing to bring up.
        bool deletesLabel = _name.Contains(':', StringComparison.Ordinal) && text == "0.0.0.0";
        if (!deletesLabel)
            SetFlags(IFF_UP | IFF_RUNNING);
    }

    private static bool HasOctal(string host) =>
        host.Split('.').Any(p => p.Length > 1 && p[0] == '0' && char.IsAsciiDigit(p[1]));

    private void ApplyPendingNetmask()
    {
        if (_pendingNetmask is not null)
            Put(SIOCSIFNETMASK, nameof(SIOCSIFNETMASK), _pendingNetmask);
    }

    /// <summary>broadcast and pointopoint: an address when a word follows, whatever word, and the flag.</summary>
    private void ApplyAddressAndFlag(uint request, string requestName, ushort flag)
    {
        if (_next < _words.Length)
        {
            if (!TryTakeAddress(out byte[] address))
                return;
            Put(request, requestName, address);
        }

        SetFlags(flag);
    }

    private bool TryTakeAddress(out byte[] address)
    {
        address = [];
        if (!TryTake(out string host))
            return false;
        if (TryResolve(host, out address))
            return true;
        _failures |= 1;
        return false;
    }

    /// <summary>Resolves in the command line's family, to a socket address; tells a failure.</summary>
    private bool TryResolve(string host, out byte[] address)
    {
        address = NewSocketAddress();
        switch (_family.Number)
        {
            case AddressFamily.Inet:
                return Found(host, HostResolver.ResolveInet(host, address.AsSpan(4, 4)));
            case AddressFamily.Inet6:
                HostLookup lookup = HostResolver.ResolveInet6(host, address.AsSpan(8, 16), out int resolverError);
                if (lookup != HostLookup.Found)
                    _error.Write($"getaddrinfo: {host}: {resolverError}\n");
                return Found(host, lookup);
            case AddressFamily.Ax25 or AddressFamily.NetRom:
                return Callsign.TryParse(host, address.AsSpan(2), out string complaint) || Complain(host, complaint);
            case AddressFamily.Rose:
                return host.Length == 10 || Complain(host, "Node address must be ten digits");
            case AddressFamily.X25:
                return true;
            case AddressFamily.Ipx:
                _error.Write($"ifconfig: error resolving '{host}' to set address for af=ipx\n");
                return false;
            default:
                _error.Write(_family.Name == "ec"
                    ? "No support for ECONET on this system.\n"
                    : "ifconfig: Cannot set address for this protocol family.\n");
                End(1);
                return false;
        }
    }

    private bool Found(string host, HostLookup lookup)
    {
        if (lookup != HostLookup.Found)
            HostResolver.Complain(_error, host, lookup);
        return lookup == HostLookup.Found;
    }

    private bool Complain(string host, string complaint)
    {
        _error.Write($"{host}: {complaint}\n");
        return false;
    }

    /// <summary>struct sockaddr of the command line's family, as much of it as struct ifreq holds.</summary>
    private byte[] NewSocketAddress()
    {
        byte[] address = new byte[UnionSize];
        BinaryPrimitives.WriteUInt16LittleEndian(address, (ushort)_family.Number);
        return address;
    }
}
