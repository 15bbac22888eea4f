// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Tunbridge.Devices;
using Tunbridge.Netlink;

namespace Tunbridge.Bench;

/// <summary>The cards that every side makes: TAPs bt0, bt1, …, persistent, one address each, up.</summary>
internal sealed class CardSet(int count)
{
    private const uint Group = 7777;

    internal int Count { get; } = count;

    /// <summary>The same as a batch of <c>ip</c>.</summary>
    internal string ToIpBatch()
    {
        StringBuilder text = new();
        for (int i = 0; i < Count; i++)
        {
            text.Append($"tuntap add dev {Name(i)} mode tap\n");
            text.Append($"addr add {Address(i)}/30 dev {Name(i)}\n");
            text.Append($"link set dev {Name(i)} up\n");
        }

        return text.ToString();
    }

    /// <summary>Their removal as a batch of <c>ip</c>.</summary>
    internal string ToIpRemoval() => string.Concat(Enumerable.Range(0, Count).Select(i => $"link del dev {Name(i)}\n"));

    /// <summary>The same as a script of tunctl and ifconfig.</summary>
    internal string ToToolScript()
    {
        StringBuilder text = new("set -e\n");
        for (int i = 0; i < Count; i++)
        {
            text.Append($"tunctl -b -t {Name(i)}\n");
            text.Append($"ifconfig {Name(i)} {Address(i)} netmask 255.255.255.252 up\n");
        }

        return text.ToString();
    }

    /// <summary>The same as a file for <c>tunbridge up</c>.</summary>
    internal string ToConfiguration()
    {
        StringBuilder text = new("devices:\n");
        for (int i = 0; i < Count; i++)
            text.Append($"  {Name(i)}:\n    kind: tap\n    addresses: [{Address(i)}/30]\n");
        return text.ToString();
    }

    /// <summary>The same by the library: each card opened and made persistent, then one batch for the rest.</summary>
    internal void Create()
    {
        DeviceOptions options = new() { Persistent = true };
        for (int i = 0; i < Count; i++)
            TapDevice.Create(options with { Name = Name(i) }).Dispose();
        using RouteNetlink netlink = RouteNetlink.Open();
        using NetlinkBatch batch = netlink.CreateBatch();
        LinkChange up = new() { Up = true };
        foreach (Link link in netlink.Links.List("tun"))
        {
            batch.Addresses.Add(link.Index, $"{Address(int.Parse(link.Name.AsSpan(2), null))}/30");
            batch.Links.Change(link.Index, up);
        }

        Execute(batch);
    }

    /// <summary>Removal by the library: all into one group, which goes at once.</summary>
    internal static void RemoveAll()
    {
        using RouteNetlink netlink = RouteNetlink.Open();
        using NetlinkBatch batch = netlink.CreateBatch();
        LinkChange change = new() { Group = Group };
        foreach (Link link in netlink.Links.List("tun"))
            batch.Links.Change(link.Index, change);
        if (batch.Count == 0)
            return;
        batch.Links.DeleteGroup(Group);
        Execute(batch);
    }

    /// <summary>A side that did less than the others would look fast.</summary>
    /// <exception cref="BenchException">A card is missing, down or without its address.</exception>
    internal void Verify(string side)
    {
        using RouteNetlink netlink = RouteNetlink.Open();
        int up = netlink.Links.List("tun").Count(l => l.IsUp && l.Tun is { IsPersistent: true });
        int addresses = netlink.Addresses.List(family: System.Net.Sockets.AddressFamily.InterNetwork)
            .Count(a => a.PrefixLength == 30);
        if (up != Count || addresses != Count)
            throw new BenchException($"{side}: {up} cards are up and {addresses} addresses are there, not {Count}");
    }

    /// <summary>Nothing may be left for the next side.</summary>
    /// <exception cref="BenchException">A card is there.</exception>
    internal static void VerifyEmpty(string side)
    {
        using RouteNetlink netlink = RouteNetlink.Open();
        int left = netlink.Links.List("tun").Count;
        if (left != 0)
            throw new BenchException($"{side}: {left} cards are left");
    }

    private static string Name(int i) => $"bt{i}";

    private static string Address(int i) => $"10.{100 + (i >> 14)}.{(i >> 6) & 255}.{((i & 63) << 2) + 1}";

    private static void Execute(NetlinkBatch batch)
    {
        if (batch.Execute() is [NetlinkBatchFailure failure, ..])
            throw new BenchException(failure.Error.Message);
    }
}
