// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;

namespace Tunbridge.DropIns;

/// <summary>The interfaces there are, and their counters, read once per run as the original does.</summary>
/// <remarks>That one reading is why two <c>add</c> on one line use the same label: the second does not see the first.</remarks>
internal sealed class InterfaceCatalog
{
    // The thread's own: /proc/net is that of the main thread, which may be in another namespace.
    private const string CountersPath = "/proc/thread-self/net/dev";

    private readonly InterfaceSockets _sockets;
    private readonly TextWriter _error;
    private readonly Dictionary<string, InterfaceCounters> _counters = new(StringComparer.Ordinal);
    private bool? _isRead;
    private List<string>? _names;

    internal InterfaceCatalog(InterfaceSockets sockets, TextWriter error)
    {
        _sockets = sockets;
        _error = error;
    }

    /// <summary>Reads the counters, the first time; without them warns as the original does and gives false.</summary>
    internal bool TryRead()
    {
        if (_isRead is { } known)
            return known;
        try
        {
            foreach (string line in File.ReadLines(CountersPath))
            {
                if (InterfaceCounters.TryParse(line, out string name, out InterfaceCounters counters))
                    _counters[name] = counters;
            }

            _isRead = true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Errno errno = e is UnauthorizedAccessException ? Errno.EACCES : Errno.ENOENT;
            _error.Write($"Warning: cannot open /proc/net/dev ({LinuxException.Describe(errno)}). Limited output.\n");
            _isRead = false;
        }

        return _isRead.Value;
    }

    /// <summary>An interface's counters; aliases have none.</summary>
    internal InterfaceCounters? FindCounters(string name) => _counters.GetValueOrDefault(name);

    /// <summary>All interfaces and labels, in the order they are shown.</summary>
    /// <param name="also">A name that is listed even when it does not exist.</param>
    internal IReadOnlyList<string> List(string? also = null)
    {
        if (_names is null)
        {
            // Without counters there are still the interfaces that have an address.
            _ = TryRead();
            _names = [.. _counters.Keys];
            List<string> addressed = [];
            Errno errno = _sockets.TryListAddressed(addressed);
            if (errno != Errno.None)
                _error.Write($"SIOCGIFCONF: {LinuxException.Describe(errno)}\n");
            _names.AddRange(addressed.Where(n => !_counters.ContainsKey(n)).Distinct());
        }

        if (also is not null && !_names.Contains(also))
            _names.Add(also);
        _names.Sort(InterfaceNameComparer.Instance);
        return _names;
    }
}
