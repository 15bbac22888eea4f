// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets.Switching;

/// <summary>Which port an Ethernet address was last seen on: the memory of a switch.</summary>
/// <remarks>
/// <code>
///   _buckets: hash of key ──▶ first entry ──▶ next ──▶ …      key = VLAN id | address
///   _free ──▶ unused entries, linked in the same way
/// </code>
/// Pure: the time is an argument (<c>now</c>, since any fixed moment), the seed of the hash too. Bounded as a whole and for
/// each port; allocates nothing after the first address of each port. An aged entry counts as none; it is taken out by
/// <see cref="RemoveAged"/>, and by learning when room is short. Not thread-safe.
/// </remarks>
public sealed class LearningTable
{
    private const int None = -1;
    private const int MaximumCapacity = 1 << 20;
    private const int MaximumPort = 1 << 20;
    private const int VlanShift = 48;

    // How many entries learning looks at for an aged one when there is no room: bounds the work of one frame.
    private const int SweepLength = 16;

    private readonly int[] _buckets;
    private readonly Entry[] _entries;
    private readonly LearningTableOptions _options;
    private readonly int _shift;
    private int _free;
    private int _sweep; // the next entry to look at for age
    private int[] _perPort = new int[16];

    /// <summary>Makes an empty table.</summary>
    /// <param name="options">Its bounds; null for the defaults.</param>
    /// <exception cref="ArgumentException">A bound is below its minimum.</exception>
    public LearningTable(LearningTableOptions? options = null)
    {
        _options = options ?? new();
        if (_options.Capacity is < 1 or > MaximumCapacity)
        {
            throw new ArgumentException(
                $"Capacity is {_options.Capacity}; allowed are 1 to {MaximumCapacity}.", nameof(options));
        }

        if (_options.MaximumPerPort < 1)
            throw new ArgumentException($"MaximumPerPort is {_options.MaximumPerPort}; it is at least 1.", nameof(options));
        if (_options.AgeingTime <= TimeSpan.Zero)
            throw new ArgumentException($"AgeingTime is {_options.AgeingTime}; it is more than 0.", nameof(options));
        int bits = Math.Max(1, 64 - System.Numerics.BitOperations.LeadingZeroCount((ulong)_options.Capacity - 1));
        _buckets = new int[1 << bits];
        _shift = 64 - bits;
        _entries = new Entry[_options.Capacity];
        Clear();
    }

    /// <summary>Addresses in the table, aged ones that have not been taken out yet among them.</summary>
    public int Count { get; private set; }

    /// <summary>Addresses of one port, aged ones that have not been taken out yet among them.</summary>
    /// <param name="port">The port's number.</param>
    public int CountOf(int port) => (uint)port < (uint)_perPort.Length ? _perPort[port] : 0;

    /// <summary>Tells the table that an address was seen as a source.</summary>
    /// <param name="address">The source address.</param>
    /// <param name="port">The port it came in by, 0 to 1,048,575.</param>
    /// <param name="now">The present time.</param>
    /// <param name="vlan">The VLAN it was seen in, 0 to 4,094; the same address may be elsewhere in another.</param>
    /// <returns>What became of it; after the last three of the outcomes the table is as it was.</returns>
    public LearnOutcome Learn(MacAddress address, int port, TimeSpan now, int vlan = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(port);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(port, MaximumPort);
        if (address.IsMulticast || address.IsZero)
            return LearnOutcome.NotAStation;
        ulong key = Key(address, vlan);
        int index = Find(key);
        if (index != None && _entries[index].Port == port)
        {
            bool hadAged = IsAged(index, now);
            _entries[index].Seen = now;
            return hadAged ? LearnOutcome.Added : LearnOutcome.Refreshed;
        }

        if (CountOf(port) >= _options.MaximumPerPort && !Sweep(now, port))
            return LearnOutcome.PortFull;
        if (index != None)
        {
            bool hadAged = IsAged(index, now);
            Recount(_entries[index].Port, port);
            _entries[index].Port = port;
            _entries[index].Seen = now;
            return hadAged ? LearnOutcome.Added : LearnOutcome.Moved;
        }

        if (_free == None && !Sweep(now, None))
            return LearnOutcome.TableFull;
        Insert(key, port, now);
        return LearnOutcome.Added;
    }

    /// <summary>The port that an address was last seen on.</summary>
    /// <param name="address">The destination address.</param>
    /// <param name="now">The present time.</param>
    /// <param name="port">The port.</param>
    /// <param name="vlan">The VLAN, as for <see cref="Learn"/>.</param>
    /// <returns>False when it is not known, or has aged.</returns>
    public bool TryFind(MacAddress address, TimeSpan now, out int port, int vlan = 0)
    {
        int index = Find(Key(address, vlan));
        if (index == None || IsAged(index, now))
        {
            port = None;
            return false;
        }

        port = _entries[index].Port;
        return true;
    }

    /// <summary>The addresses that have not aged, in no order; allocates, and looks at all of the table.</summary>
    /// <param name="now">The present time.</param>
    /// <returns>A copy.</returns>
    public IReadOnlyList<LearnedAddress> Snapshot(TimeSpan now)
    {
        List<LearnedAddress> all = new(Count);
        Span<byte> bytes = stackalloc byte[8];
        for (int i = 0; i < _entries.Length && all.Count < Count; i++)
        {
            ref readonly Entry entry = ref _entries[i];
            if (!entry.IsUsed || IsAged(i, now))
                continue;
            System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes, entry.Key);
            all.Add(new() { Address = new MacAddress(bytes[2..]), Vlan = (int)(entry.Key >> VlanShift), Port = entry.Port, Seen = entry.Seen });
        }

        return all;
    }

    /// <summary>Forgets an address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="vlan">The VLAN, as for <see cref="Learn"/>.</param>
    /// <returns>False when it was not there.</returns>
    public bool Remove(MacAddress address, int vlan = 0)
    {
        int index = Find(Key(address, vlan));
        if (index == None)
            return false;
        Remove(index);
        return true;
    }

    /// <summary>Forgets every address of a port.</summary>
    /// <param name="port">The port's number.</param>
    /// <returns>How many there were.</returns>
    public int RemovePort(int port)
    {
        int before = Count;
        for (int i = 0; i < _entries.Length && CountOf(port) > 0; i++)
        {
            if (_entries[i].IsUsed && _entries[i].Port == port)
                Remove(i);
        }

        return before - Count;
    }

    /// <summary>Takes out every address that has aged.</summary>
    /// <param name="now">The present time.</param>
    /// <returns>How many there were.</returns>
    public int RemoveAged(TimeSpan now)
    {
        int before = Count;
        for (int i = 0; i < _entries.Length; i++)
        {
            if (_entries[i].IsUsed && IsAged(i, now))
                Remove(i);
        }

        return before - Count;
    }

    /// <summary>Forgets every address.</summary>
    public void Clear()
    {
        _buckets.AsSpan().Fill(None);
        for (int i = 0; i < _entries.Length; i++)
            _entries[i] = new Entry { Next = i + 1 < _entries.Length ? i + 1 : None };
        _free = 0;
        _sweep = 0;
        Array.Clear(_perPort);
        Count = 0;
    }

    private static ulong Key(MacAddress address, int vlan)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(vlan);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(vlan, 4094);
        Span<byte> bytes = stackalloc byte[8];
        bytes.Clear();
        address.CopyTo(bytes[2..]);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes) | ((ulong)vlan << VlanShift);
    }

    // Two rounds of multiply and fold: every bit of key and seed reaches the top bits that choose the bucket.
    private int BucketOf(ulong key)
    {
        ulong h = (key ^ _options.Seed) * 0x9E37_79B9_7F4A_7C15;
        h = (h ^ (h >> 32) ^ (_options.Seed << 1)) * 0xD6E8_FEB8_6659_FD93;
        return (int)((h ^ (h << 32)) >> _shift);
    }

    private int Find(ulong key)
    {
        int index = _buckets[BucketOf(key)];
        while (index != None && _entries[index].Key != key)
            index = _entries[index].Next;
        return index;
    }

    private void Insert(ulong key, int port, TimeSpan now)
    {
        int index = _free;
        _free = _entries[index].Next;
        ref int bucket = ref _buckets[BucketOf(key)];
        _entries[index] = new Entry { Key = key, Port = port, Seen = now, Next = bucket, IsUsed = true };
        bucket = index;
        Recount(None, port);
        Count++;
    }

    private void Remove(int index)
    {
        ref int link = ref _buckets[BucketOf(_entries[index].Key)];
        while (link != index)
            link = ref _entries[link].Next;
        link = _entries[index].Next;
        Recount(_entries[index].Port, None);
        _entries[index] = new Entry { Next = _free };
        _free = index;
        Count--;
    }

    // Looks at the next few entries for an aged one, of one port or of any, and takes it out.
    private bool Sweep(TimeSpan now, int port)
    {
        for (int i = 0; i < SweepLength; i++)
        {
            int index = _sweep;
            _sweep = index + 1 == _entries.Length ? 0 : index + 1;
            if (_entries[index].IsUsed && IsAged(index, now) && (port == None || _entries[index].Port == port))
            {
                Remove(index);
                return true;
            }
        }

        return false;
    }

    private bool IsAged(int index, TimeSpan now) => now - _entries[index].Seen >= _options.AgeingTime;

    private void Recount(int from, int to)
    {
        if (from != None)
            _perPort[from]--;
        if (to == None)
            return;
        if (to >= _perPort.Length)
            Array.Resize(ref _perPort, Math.Max(to + 1, _perPort.Length * 2));
        _perPort[to]++;
    }

    private struct Entry
    {
        internal ulong Key;
        internal TimeSpan Seen;
        internal int Port;
        internal int Next;
        internal bool IsUsed;
    }
}
