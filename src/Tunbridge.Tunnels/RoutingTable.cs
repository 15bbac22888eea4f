// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using static System.Buffers.Binary.BinaryPrimitives;

namespace Tunbridge.Tunnels;

/// <summary>Networks of IPv4 and IPv6 and what they lead to: the longest prefix that fits an address wins.</summary>
/// <typeparam name="T">What a network leads to.</typeparam>
/// <remarks>
/// <para>
/// A hash table for each prefix length that occurs, asked from the longest to the shortest: one look for a host's own route,
/// and as many more as there are different lengths.
/// </para>
/// <para>
/// Thread-safe: lookups take no lock and allocate nothing; routes may come and go meanwhile, each at once.
/// </para>
/// </remarks>
public sealed class RoutingTable<T> where T : class
{
    private readonly Lock _lock = new();   // of writers

    // Tables from the longest prefix to the shortest; replaced when a length comes or goes.
    private Table<uint>[] _v4 = [];
    private Table<UInt128>[] _v6 = [];

    /// <summary>How many networks there are.</summary>
    public int Count
    {
        get
        {
            int count = 0;
            foreach (Table<uint> table in Volatile.Read(ref _v4))
                count += table.Routes.Count;
            foreach (Table<UInt128> table in Volatile.Read(ref _v6))
                count += table.Routes.Count;
            return count;
        }
    }

    /// <summary>Leads a network to a value; replaces what it led to.</summary>
    /// <param name="network">The network; a single address with its full prefix length.</param>
    /// <param name="value">What it leads to.</param>
    public void Add(IPNetwork network, T value)
    {
        ArgumentNullException.ThrowIfNull(value);
        Span<byte> bytes = stackalloc byte[16];
        bool isV4 = Read(network, bytes);
        lock (_lock)
        {
            if (isV4)
                TableOf(ref _v4, network.PrefixLength, MaskV4(network.PrefixLength)).Routes[ReadUInt32BigEndian(bytes)] = value;
            else
                TableOf(ref _v6, network.PrefixLength, MaskV6(network.PrefixLength)).Routes[ReadUInt128BigEndian(bytes)] = value;
        }
    }

    /// <summary>Takes a network out, if it leads to this value.</summary>
    /// <param name="network">The network, as it was added.</param>
    /// <param name="value">What it leads to.</param>
    /// <returns>Whether it was there.</returns>
    public bool Remove(IPNetwork network, T value)
    {
        ArgumentNullException.ThrowIfNull(value);
        Span<byte> bytes = stackalloc byte[16];
        bool isV4 = Read(network, bytes);
        lock (_lock)
        {
            return isV4
                ? Remove(ref _v4, network.PrefixLength, ReadUInt32BigEndian(bytes), value)
                : Remove(ref _v6, network.PrefixLength, ReadUInt128BigEndian(bytes), value);
        }
    }

    /// <summary>Takes out all networks that lead to a value.</summary>
    /// <param name="value">The value.</param>
    /// <returns>How many there were.</returns>
    public int RemoveAll(T value)
    {
        ArgumentNullException.ThrowIfNull(value);
        lock (_lock)
            return RemoveAll(ref _v4, value) + RemoveAll(ref _v6, value);
    }

    /// <summary>What an IPv4 address leads to.</summary>
    /// <param name="address">The address in host order.</param>
    /// <param name="value">The value of the longest prefix that fits.</param>
    /// <returns>False when none fits.</returns>
    public bool TryFind(uint address, [NotNullWhen(true)] out T? value)
    {
        foreach (Table<uint> table in Volatile.Read(ref _v4))
        {
            if (table.Routes.TryGetValue(address & table.Mask, out value))
                return true;
        }

        value = null;
        return false;
    }

    /// <summary>What an IPv6 address leads to.</summary>
    /// <param name="address">The address in host order.</param>
    /// <param name="value">The value of the longest prefix that fits.</param>
    /// <returns>False when none fits.</returns>
    public bool TryFind(UInt128 address, [NotNullWhen(true)] out T? value)
    {
        foreach (Table<UInt128> table in Volatile.Read(ref _v6))
        {
            if (table.Routes.TryGetValue(address & table.Mask, out value))
                return true;
        }

        value = null;
        return false;
    }

    private static bool Read(IPNetwork network, Span<byte> bytes)
    {
        _ = network.BaseAddress.TryWriteBytes(bytes, out int size);
        return size == sizeof(uint);
    }

    private static uint MaskV4(int length) => length == 0 ? 0 : uint.MaxValue << (32 - length);

    private static UInt128 MaskV6(int length) => length == 0 ? 0 : UInt128.MaxValue << (128 - length);

    private static Table<TKey> TableOf<TKey>(ref Table<TKey>[] tables, int length, TKey mask) where TKey : struct
    {
        Table<TKey>[] old = tables;
        int place = 0;
        while (place < old.Length && old[place].Length > length)
            place++;
        if (place < old.Length && old[place].Length == length)
            return old[place];
        Table<TKey> table = new(length, mask);
        Volatile.Write(ref tables, [.. old.AsSpan(0, place), table, .. old.AsSpan(place)]);
        return table;
    }

    private static bool Remove<TKey>(ref Table<TKey>[] tables, int length, TKey key, T value) where TKey : struct
    {
        int place = Array.FindIndex(tables, t => t.Length == length);
        if (place < 0 || !tables[place].Routes.TryRemove(KeyValuePair.Create(key, value)))
            return false;
        DropEmpty(ref tables);
        return true;
    }

    private static int RemoveAll<TKey>(ref Table<TKey>[] tables, T value) where TKey : struct
    {
        int count = 0;
        foreach (Table<TKey> table in tables)
        {
            foreach (KeyValuePair<TKey, T> route in table.Routes)
            {
                if (ReferenceEquals(route.Value, value) && table.Routes.TryRemove(route))
                    count++;
            }
        }

        if (count > 0)
            DropEmpty(ref tables);
        return count;
    }

    // A length without routes would cost every lookup a look.
    private static void DropEmpty<TKey>(ref Table<TKey>[] tables) where TKey : struct
    {
        if (Array.Exists(tables, t => t.Routes.IsEmpty))
            Volatile.Write(ref tables, Array.FindAll(tables, t => !t.Routes.IsEmpty));
    }

    private sealed class Table<TKey>(int length, TKey mask) where TKey : struct
    {
        internal int Length { get; } = length;

        internal TKey Mask { get; } = mask;

        // One lock for writers, who hold the table's anyway; readers take none.
        internal ConcurrentDictionary<TKey, T> Routes { get; } = new(concurrencyLevel: 1, capacity: 31);
    }
}
