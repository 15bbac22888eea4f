// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using static Tunbridge.DropIns.InterfaceRequest;

namespace Tunbridge.DropIns;

/// <summary>The settings of one command line, carried out word by word from left to right.</summary>
/// <remarks>
/// A setting that fails is told and the next one is tried; some mistakes end the run (<see cref="End"/>). A mask
/// given as <c>/LENGTH</c> is set last of all.
/// </remarks>
internal sealed partial class IfconfigSettings
{
    private const int UsageCode = 3;

    private readonly InterfaceSockets _sockets;
    private readonly InterfaceCatalog _catalog;
    private readonly string _name;
    private readonly string[] _words;
    private readonly TextWriter _error;

    private AddressFamily _family = AddressFamily.Default;
    private int _next;

    /// <summary>The failures so far, ored: 1 a request, -1 a flag.</summary>
    private int _failures;

    /// <summary>Set by a mistake that ends the run: the exit code.</summary>
    private int? _end;

    internal IfconfigSettings(
        InterfaceSockets sockets, InterfaceCatalog catalog, string name, string[] words, TextWriter error)
    {
        _sockets = sockets;
        _catalog = catalog;
        _name = name;
        _words = words;
        _error = error;
    }

    /// <summary>Carries all of them out.</summary>
    /// <param name="finished">False when a mistake ended the run early.</param>
    /// <returns>0, or what failed; negative when a flag did.</returns>
    internal int Apply(out bool finished)
    {
        if (AddressFamily.Find(_words[0]) is { } family)
        {
            _family = family;
            _next = 1;
        }

        while (_end is null && _next < _words.Length)
            ApplyWord(_words[_next++]);
        if (_end is null)
            ApplyPendingNetmask();
        finished = _end is null;
        return _end ?? _failures;
    }

    private void ApplyWord(string word)
    {
        if (!TryApplyFlag(word) && !TryApplyInternet(word) && !TryApplyLink(word))
            ApplyAddress(word);
    }

    /// <summary>Takes the word after a keyword; without one, the usage text ends the run.</summary>
    private bool TryTake(out string word)
    {
        bool there = _next < _words.Length;
        word = there ? _words[_next++] : "";
        if (!there)
            EndWithUsage();
        return there;
    }

    /// <summary>Puts a request about the interface and tells a failure under the request's name.</summary>
    private bool Put(uint request, string requestName, Span<byte> union)
    {
        Errno errno = _sockets.Put(_family, request, _name, union);
        return Check(errno, requestName);
    }

    private bool Check(Errno errno, string what)
    {
        if (errno == Errno.None)
            return true;
        _error.Write($"{what}: {LinuxException.Describe(errno)}\n");
        _failures |= 1;
        return false;
    }

    private void End(int code) => _end = code;

    private void EndWithUsage()
    {
        IfconfigUsage.Write(_error, _error);
        End(UsageCode);
    }
}
