// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text;
using Tunbridge.Testing;

namespace Tunbridge.OpenVpn.Tests.Interop;

/// <summary>The official program in a namespace, with its log.</summary>
internal sealed class RealOpenVpn : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _log = new();
    private readonly string _folder;

    internal RealOpenVpn(TestNamespace space, string configuration, string program = "openvpn", int verbosity = 4)
    {
        _folder = Directory.CreateTempSubdirectory("openvpn-interop").FullName;
        string file = Path.Combine(_folder, "tunnel.conf");
        File.WriteAllText(file, configuration);
        _process = space.Start(program, "--config", file, "--verb", $"{verbosity}");
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    internal string Log
    {
        get
        {
            lock (_log)
                return _log.ToString();
        }
    }

    internal bool HasSaid(string words) => Log.Contains(words, StringComparison.Ordinal);

    /// <summary>Waits until the program has its socket: a client's first datagram would be lost before, and repeated seconds later.</summary>
    internal void WaitUntilBound() =>
        Assert.True(SpinWait.SpinUntil(() => HasSaid("link local (bound)"), TimeSpan.FromSeconds(30)), Log);

    /// <summary>What the program prints for `--genkey`.</summary>
    internal static string GenerateKey(params string[] words)
    {
        CommandResult result = CommandResult.Of("openvpn", words);
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        return result.Output;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void Keep(string? line)
    {
        lock (_log)
            _log.AppendLine(line);
    }
}
