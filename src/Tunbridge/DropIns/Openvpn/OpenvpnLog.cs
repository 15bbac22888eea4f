// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Tunbridge.Hosting;
using Tunbridge.Output;

namespace Tunbridge.DropIns.Openvpn;

/// <summary>Lines as openvpn writes them: with the time, as much as <c>verb</c> says, muted as <c>mute</c> says, to standard output or syslog.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class OpenvpnLog : ITunnelLog, IDisposable
{
    private readonly Lock _lock = new();
    private readonly TextWriter _output;
    private SystemLog? _system;
    private string _category = "";
    private int _alike;

    internal OpenvpnLog(TextWriter output) => _output = output;

    /// <summary>Up to which verbosity lines are written.</summary>
    internal int Verbosity { get; set; } = 1;

    /// <summary>How many lines of one kind in a row are written; 0 for all.</summary>
    internal int Mute { get; set; }

    internal bool HasTime { get; set; } = true;

    internal bool IsForMachines { get; set; }

    /// <summary>Sees every line that is written, with its verbosity.</summary>
    internal Action<int, string>? Written { get; set; }

    /// <summary>Takes verb, mute and the forms of lines from a command line.</summary>
    internal void Configure(OpenvpnRequest request)
    {
        Verbosity = request.Number("verb", 1);
        Mute = request.Number("mute", 0);
        HasTime = !request.Has("suppress-timestamps");
        IsForMachines = request.Has("machine-readable-output");
    }

    /// <summary>From now on to syslog, under a name.</summary>
    internal void TurnToSystem(string name)
    {
        lock (_lock)
            _system ??= new SystemLog(name);
    }

    public void Write(int verbosity, string line)
    {
        if (verbosity > Verbosity)
            return;
        lock (_lock)
        {
            if (!IsMuted(verbosity, line))
                Put(verbosity, line);
        }
    }

    /// <summary>The end, with its reason.</summary>
    /// <returns>The exit code.</returns>
    internal int Fatal(string line)
    {
        Write(0, line);
        Write(0, "Exiting due to fatal error");
        return ExitCode.Failed;
    }

    public void Dispose()
    {
        lock (_lock)
            _system?.Dispose();
    }

    private bool IsMuted(int verbosity, string line)
    {
        if (Mute <= 0)
            return false;
        string category = Category(verbosity, line);
        if (category == _category)
        {
            _alike++;
            if (_alike == Mute + 1)
                Put(verbosity, "NOTE: --mute triggered...");
            return _alike > Mute;
        }

        if (_alike > Mute)
        {
            Put(verbosity, string.Create(
                CultureInfo.InvariantCulture, $"{_alike - Mute} variation(s) on previous {Mute} message(s) suppressed by --mute"));
        }

        (_category, _alike) = (category, 1);
        return false;
    }

    // Lines are of a kind when they differ in numbers, names and what is behind the second word only.
    private static string Category(int verbosity, string line)
    {
        StringBuilder kind = new(line.Length);
        kind.Append(verbosity);
        int words = 0;
        foreach (char c in line)
        {
            if (c == ' ' && ++words == 2)
                break;
            if (!char.IsAsciiHexDigit(c) || char.IsAsciiLetterUpper(c))
                kind.Append(c);
        }

        return kind.ToString();
    }

    private void Put(int verbosity, string line)
    {
        string text = Terminal.OneLine(line);
        Written?.Invoke(verbosity, text);
        if (_system is not null)
        {
            _system.Write(verbosity == 0 ? SystemLog.Error : verbosity == 1 ? SystemLog.Notice : SystemLog.Information, text);
            return;
        }

        DateTimeOffset now = DateTimeOffset.Now;
        string time = IsForMachines
            ? string.Create(CultureInfo.InvariantCulture, $"{now.ToUnixTimeSeconds()}.{now.Microsecond + (now.Millisecond * 1000):000000} {(verbosity == 0 ? 0x10 : verbosity):x} ")
            : HasTime ? now.ToString("yyyy-MM-dd HH:mm:ss ", CultureInfo.InvariantCulture) : "";
        try
        {
            _output.Write($"{time}{text}\n");
            _output.Flush();
        }
        catch (IOException)
        {
            // A terminal or a disk that is gone is no reason to end a tunnel.
            return;
        }
    }
}
