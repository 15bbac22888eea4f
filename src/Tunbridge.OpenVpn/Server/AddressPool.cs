// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text;
using Tunbridge.OpenVpn.Settings;

namespace Tunbridge.OpenVpn.Server;

/// <summary>The addresses that a server gives to its clients: slots with an IPv4 address, an IPv6 address, or both.</summary>
/// <remarks>
/// A name gets the slot it had last; else one that nobody had; else the one that was given back first. Not thread-safe.
/// </remarks>
public sealed class AddressPool
{
    /// <summary>Slots that a pool has at most.</summary>
    public const int MaximumSize = 65536;

    private const int AddressesPerFour = 4;
    private const int ClientInFour = 2;

    private readonly AddressPoolSettings _settings;
    private readonly uint _first;
    private readonly UInt128 _firstV6;
    private readonly Slot[] _slots;
    private readonly Dictionary<string, int> _byName = [];
    private long _releases;
    private int _neverUsed;

    private struct Slot
    {
        internal string? Name;          // whose it is, or was last
        internal bool IsTaken;
        internal long Released;         // the order of giving back; 0 as long as nobody had it
    }

    /// <summary>A pool in which nothing is taken.</summary>
    /// <param name="settings">Its addresses.</param>
    /// <exception cref="ArgumentException">There are none.</exception>
    public AddressPool(AddressPoolSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _settings = settings;
        UInt128 size = MaximumSize;
        if (settings.First is not null)
        {
            if (!NetworkText.TryNumber(settings.First, out _first) || settings.Last is null ||
                !NetworkText.TryNumber(settings.Last, out uint last) || last < _first)
                throw new ArgumentException("A pool has a first and a last IPv4 address.", nameof(settings));
            if (settings.IsInFours)
                _first &= ~(uint)(AddressesPerFour - 1);
            ulong count = (ulong)last - _first + 1;
            size = UInt128.Min(size, settings.IsInFours ? count / AddressesPerFour : count);
        }
        if (settings.FirstV6 is not null)
        {
            _firstV6 = NetworkText.NumberV6(settings.FirstV6);
            UInt128 behind = settings.PrefixLengthV6 >= 128 ? 0 : UInt128.MaxValue >> settings.PrefixLengthV6;
            size = UInt128.Min(size, (_firstV6 | behind) - _firstV6 + 1);
        }
        if (size == 0 || (settings.First ?? settings.FirstV6) is null)
            throw new ArgumentException("A pool has at least one address.", nameof(settings));
        _slots = new Slot[(int)size];
    }

    /// <summary>How many clients it can serve.</summary>
    public int Size => _slots.Length;

    /// <summary>How many it serves.</summary>
    public int Taken { get; private set; }

    /// <summary>Takes a slot.</summary>
    /// <param name="name">The client's name.</param>
    /// <param name="lease">What it gets.</param>
    /// <returns>False when all are taken.</returns>
    public bool TryTake(string name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out PoolLease? lease)
    {
        ArgumentNullException.ThrowIfNull(name);
        lease = null;
        int index = Choose(name);
        if (index < 0)
            return false;
        Own(index, name);
        _slots[index].IsTaken = true;
        Taken++;
        lease = Lease(index);
        return true;
    }

    /// <summary>Gives a slot back; it stays kept for its name as long as others are free.</summary>
    /// <param name="lease">From <see cref="TryTake"/>.</param>
    public void Release(PoolLease lease)
    {
        ArgumentNullException.ThrowIfNull(lease);
        ref Slot slot = ref _slots[lease.Index];
        if (!slot.IsTaken)
            return;
        slot.IsTaken = false;
        slot.Released = ++_releases;
        Taken--;
    }

    /// <summary>Who has, or had last, which slot: lines of NAME,IPV4,IPV6, for a file.</summary>
    /// <returns>The text; the address of a slot of four is its first.</returns>
    public string Write()
    {
        StringBuilder text = new();
        for (int i = 0; i < _slots.Length; i++)
        {
            if (_slots[i].Name is not { Length: > 0 } name || name.AsSpan().ContainsAny(",\r\n"))
                continue;
            text.Append(name).Append(',');
            if (_settings.First is not null)
                text.Append(NetworkText.FromNumber(BaseOf(i)));
            text.Append(',');
            if (_settings.FirstV6 is not null)
                text.Append(NetworkText.FromNumberV6(_firstV6 + (uint)i));
            text.Append('\n');
        }
        return text.ToString();
    }

    /// <summary>Takes over what was written; meant for a pool in which nothing is taken yet.</summary>
    /// <param name="file">Where from, for messages.</param>
    /// <param name="text">The lines.</param>
    /// <returns>Lines that were passed over, and why.</returns>
    public IReadOnlyList<DirectiveProblem> Read(string file, string text)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(text);
        List<DirectiveProblem> problems = [];
        int number = 0;
        foreach (ReadOnlySpan<char> raw in text.AsSpan().EnumerateLines())
        {
            number++;
            ReadOnlySpan<char> line = raw.Trim();
            if (line.IsEmpty || line[0] is '#' or ';')
                continue;
            string? problem = ReadLine(line.ToString());
            if (problem is not null)
                problems.Add(new() { IsError = false, File = file, Line = number, Text = $"passed over: {problem}" });
        }
        return problems;
    }

    private int Choose(string name)
    {
        if (!_settings.ForgetsNames && _byName.TryGetValue(name, out int known) && !_slots[known].IsTaken)
            return known;
        for (; _neverUsed < _slots.Length; _neverUsed++)
        {
            if (!_slots[_neverUsed].IsTaken && _slots[_neverUsed].Released == 0)
                return _neverUsed;
        }
        int oldest = -1;
        for (int i = 0; i < _slots.Length; i++)
        {
            if (!_slots[i].IsTaken && (oldest < 0 || _slots[i].Released < _slots[oldest].Released))
                oldest = i;
        }
        return oldest;
    }

    private void Own(int index, string name)
    {
        if (_settings.ForgetsNames)
            return;
        if (_slots[index].Name is { } former && _byName.TryGetValue(former, out int at) && at == index)
            _byName.Remove(former);
        _slots[index].Name = name;
        _byName[name] = index;
    }

    private string? ReadLine(string line)
    {
        string[] fields = line.Split(',');
        if (fields.Length is < 2 or > 3 || fields[0].Length == 0 || fields[0].Any(char.IsControl))
            return "a line is NAME,IPV4,IPV6";
        int? index = null;
        if (fields[1].Length > 0 && _settings.First is not null)
        {
            if (!NetworkText.TryV4(fields[1], out IPAddress address) || IndexOf(address) is not { } found)
                return $"'{fields[1]}' is no address of the pool";
            index = found;
        }
        if (fields.Length == 3 && fields[2].Length > 0 && _settings.FirstV6 is not null)
        {
            if (!NetworkText.TryV6(fields[2], out IPAddress address) || IndexOfV6(address) is not { } found)
                return $"'{fields[2]}' is no address of the pool";
            if (index is { } other && other != found)
                return "the two addresses are not of one slot";
            index = found;
        }
        if (index is not { } slot)
            return "it has no address of the pool";
        if (_slots[slot].Name is not null || _byName.ContainsKey(fields[0]))
            return "the name or its address has been there before";
        _slots[slot].Released = ++_releases;
        Own(slot, fields[0]);
        return null;
    }

    private int? IndexOf(IPAddress address)
    {
        NetworkText.TryNumber(address, out uint number);
        uint index = (number - _first) / (uint)(_settings.IsInFours ? AddressesPerFour : 1);
        return number >= _first && index < _slots.Length ? (int)index : null;
    }

    private int? IndexOfV6(IPAddress address)
    {
        UInt128 number = NetworkText.NumberV6(address);
        return number >= _firstV6 && number - _firstV6 < (uint)_slots.Length ? (int)(number - _firstV6) : null;
    }

    private uint BaseOf(int index) => _first + ((uint)index * (uint)(_settings.IsInFours ? AddressesPerFour : 1));

    private PoolLease Lease(int index) => new()
    {
        Index = index,
        Address = _settings.First is null ? null : NetworkText.FromNumber(BaseOf(index) + (uint)(_settings.IsInFours ? ClientInFour : 0)),
        AddressV6 = _settings.FirstV6 is null ? null : NetworkText.FromNumberV6(_firstV6 + (uint)index),
    };
}
