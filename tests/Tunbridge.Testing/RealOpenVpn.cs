// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text;

namespace Tunbridge.Testing;

/// <summary>The official program in a namespace, with its log.</summary>
public sealed class RealOpenVpn : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _log = new();
    private bool _isDisposed;

    /// <summary>Starts it with the text of a configuration.</summary>
    public RealOpenVpn(TestNamespace space, string configuration)
    {
        Folder = System.IO.Directory.CreateTempSubdirectory("openvpn-interop").FullName;
        string file = Path.Combine(Folder, "tunnel.conf");
        File.WriteAllText(file, configuration);
        _process = space.Start("openvpn", "--config", file, "--verb", "4");
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Where its configuration is.</summary>
    public string Folder { get; }

    public int ProcessId => _process.Id;

    public bool HasEnded => _process.HasExited;

    public string Log
    {
        get
        {
            lock (_log)
                return _log.ToString();
        }
    }

    public bool HasSaid(string words) => Log.Contains(words, StringComparison.Ordinal);

    /// <summary>How often it has said something.</summary>
    public int Count(string words) => Log.Split(words).Length - 1;

    /// <summary>Sends it a signal by its name.</summary>
    public void Signal(string name) => CommandResult.Of("kill", $"-{name}", $"{_process.Id}");

    /// <summary>Ends it at once, so that it can tell nobody.</summary>
    public void Kill()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        Kill();
        _process.Dispose();
        System.IO.Directory.Delete(Folder, recursive: true);
    }

    private void Keep(string? line)
    {
        lock (_log)
            _log.AppendLine(line);
    }
}
