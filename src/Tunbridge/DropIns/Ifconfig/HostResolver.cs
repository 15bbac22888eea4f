// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;

namespace Tunbridge.DropIns;

/// <summary>Turns the words of a command line into addresses: numbers, networks and hosts of the files, then DNS.</summary>
/// <remarks>DNS is asked in the calling thread, and so in its network namespace.</remarks>
internal static class HostResolver
{
    private const string NetworksPath = "/etc/networks";
    private const int MaximumNameLength = 255, MaximumLabelLength = 63;

    /// <summary>Resolves an IPv4 address, network or host.</summary>
    /// <param name="name">The word.</param>
    /// <param name="address">4 bytes.</param>
    internal static HostLookup ResolveInet(string name, Span<byte> address)
    {
        address.Clear();
        if (name == "default" || InternetText.TryParseInet(name, address) || TryFindNetwork(name, address))
            return HostLookup.Found;
        return name.Length == 0 ? HostLookup.NoRecovery
            : LooksLikeNumbers(name) ? HostLookup.UnknownHost
            : Ask(name, System.Net.Sockets.AddressFamily.InterNetwork, address);
    }

    /// <summary>Resolves an IPv6 host; a failure comes with getaddrinfo's number, which the original prints.</summary>
    /// <param name="name">The word.</param>
    /// <param name="address">16 bytes.</param>
    /// <param name="resolverError">0, or EAI_*.</param>
    internal static HostLookup ResolveInet6(string name, Span<byte> address, out int resolverError)
    {
        const int noName = -2, again = -3, fail = -4, noData = -5, wrongFamily = -9;
        address.Clear();
        Span<byte> four = stackalloc byte[4];
        HostLookup result = InternetText.TryParseInet6(name, address) ? HostLookup.Found
            : name.Length == 0 ? HostLookup.NoRecovery
            : InternetText.TryParseInet(name, four) ? HostLookup.NotAsked
            : Ask(name, System.Net.Sockets.AddressFamily.InterNetworkV6, address);
        resolverError = result switch
        {
            HostLookup.Found => 0,
            HostLookup.TryAgain => again,
            HostLookup.NoData => noData,
            HostLookup.NotAsked => wrongFamily,
            HostLookup.NoRecovery when name.Length > 0 => fail,
            _ => noName,
        };
        return result;
    }

    /// <summary>Writes the complaint of herror(3).</summary>
    internal static void Complain(TextWriter error, string name, HostLookup lookup)
    {
        string text = lookup switch
        {
            HostLookup.UnknownHost => "Unknown host",
            HostLookup.TryAgain => "Host name lookup failure",
            HostLookup.NoRecovery => "Unknown server error",
            HostLookup.NoData => "No address associated with name",
            _ => "Resolver Error 0 (no error)",
        };
        error.Write(name.Length == 0 ? $"{text}\n" : $"{name}: {text}\n");
    }

    private static HostLookup Ask(string name, System.Net.Sockets.AddressFamily family, Span<byte> address)
    {
        if (!IsHostName(name))
            return HostLookup.UnknownHost;
        try
        {
            IPAddress[] found = Dns.GetHostAddresses(name, family);
            return found.Length > 0 && found[0].TryWriteBytes(address, out _) ? HostLookup.Found : HostLookup.NoData;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode switch
            {
                SocketError.TryAgain => HostLookup.TryAgain,
                SocketError.NoRecovery => HostLookup.NoRecovery,
                SocketError.NoData => HostLookup.NoData,
                _ => HostLookup.UnknownHost,
            };
        }
    }

    /// <summary>Finds a network of networks(5), <c>name number alias…</c>.</summary>
    private static bool TryFindNetwork(string name, Span<byte> address)
    {
        if (!File.Exists(NetworksPath))
            return false;
        foreach (string line in File.ReadLines(NetworksPath))
        {
            string[] words = line.Split('#')[0].Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 2 || !(words[0] == name || words.AsSpan(2).Contains(name)))
                continue;
            // Numbers fill from the left: network 10 is 10.0.0.0.
            string number = words[1];
            for (int parts = number.Split('.').Length; parts < 4; parts++)
                number += ".0";
            return InternetText.TryParseInet(number, address);
        }

        return false;
    }

    /// <summary>Whether the C library takes a name for a mistyped address and does not ask for it.</summary>
    private static bool LooksLikeNumbers(string name)
    {
        foreach (char c in name)
        {
            if (!char.IsAsciiDigit(c) && c != '.')
                return false;
        }

        return char.IsAsciiDigit(name[0]) && name[^1] != '.';
    }

    private static bool IsHostName(string name)
    {
        string inner = name[^1] == '.' ? name[..^1] : name;
        if (inner.Length is 0 or > MaximumNameLength || name[0] == '-')
            return false;
        foreach (string label in inner.Split('.'))
        {
            if (label.Length is 0 or > MaximumLabelLength || !label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
                return false;
        }

        return true;
    }
}
