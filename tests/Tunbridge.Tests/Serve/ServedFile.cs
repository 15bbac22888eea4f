// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Tunbridge.Testing;
using Tunbridge.Tests.Commands;

namespace Tunbridge.Tests.Serve;

/// <summary>A running `tunbridge serve` in a namespace of its own, below a service manager that is a script here.</summary>
internal sealed class ServedFile : IDisposable
{
    private readonly Process _manager;
    private readonly Channel<string> _told = Channel.CreateUnbounded<string>();
    private readonly StringBuilder _log = new();

    internal ServedFile(string text)
    {
        RealTool.Require("python3");
        RealTool.Require("setpriv");
        File = new(text);
        string notify = "@tbserve-" + Name;
        string script = Path.Combine(AppContext.BaseDirectory, "Serve", "manager.py");
        // With the rights that the unit gives, and no more.
        _manager = Space.Start(
            "python3", script, notify, "setpriv", $"--bounding-set=-all{Rights()}", "--inh-caps=-all",
            Tool.Path, "serve", "-f", File.Path, "--name", Name);
        _manager.OutputDataReceived += (_, line) => _told.Writer.TryWrite(line.Data ?? "");
        _manager.ErrorDataReceived += (_, line) =>
        {
            lock (_log)
                _log.AppendLine(line.Data);
        };
        _manager.BeginOutputReadLine();
        _manager.BeginErrorReadLine();
    }

    // As setpriv wants them: +net_admin,+net_raw
    private string Rights()
    {
        DirectoryInfo root = Directory.CreateTempSubdirectory("tbunit");
        try
        {
            Assert.Equal(0, CommandResult.Of(
                Tool.Path, "service", "install", "--systemd", "--root", root.FullName, "--file", File.Path, "--name", Name).ExitCode);
            string set = System.IO.File.ReadLines($"{root.FullName}/etc/systemd/system/{Name}.service")
                .Single(l => l.StartsWith("CapabilityBoundingSet=", StringComparison.Ordinal));
            return string.Concat(set.Split('=')[1].Split(' ').Select(c => ",+" + c["CAP_".Length..].ToLowerInvariant()));
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    internal TestNamespace Space { get; } = new();

    internal ConfigurationText File { get; }

    internal string Name { get; } = $"serve-{Guid.NewGuid():N}"[..20];

    internal string SocketPath => $"/run/tunbridge/{Name}.sock";

    /// <summary>What the service has written on standard error.</summary>
    internal string Log
    {
        get
        {
            lock (_log)
                return _log.ToString();
        }
    }

    internal void Tell(string command)
    {
        _manager.StandardInput.WriteLine(command);
        _manager.StandardInput.Flush();
    }

    /// <summary>Waits until the manager hears something; gives the lines up to it.</summary>
    internal async Task<List<string>> HeardAsync(string part)
    {
        using CancellationTokenSource timeout = Timeout();
        List<string> lines = [];
        try
        {
            while (true)
            {
                lines.Add(await _told.Reader.ReadAsync(timeout.Token));
                if (lines[^1].Contains(part, StringComparison.Ordinal))
                    return lines;
            }
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"'{part}' was never heard, but: {string.Join(" | ", lines)}; log: {Log}");
            throw;
        }
    }

    /// <summary>The answer to a request.</summary>
    internal async Task<string> AskAsync(string request)
    {
        using StreamReader answer = Connect(request);
        return await answer.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    internal StreamReader Connect(string request)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(SocketPath));
        NetworkStream stream = new(socket, ownsSocket: true);
        stream.Write(Encoding.UTF8.GetBytes(request + "\n"));
        return new(stream);
    }

    /// <summary>Waits for an event of a monitor.</summary>
    internal async Task<JsonElement> EventAsync(StreamReader monitor, Func<JsonElement, bool> wanted)
    {
        using CancellationTokenSource timeout = Timeout();
        StringBuilder seen = new();
        try
        {
            while (await monitor.ReadLineAsync(timeout.Token) is string line)
            {
                JsonElement happened = JsonDocument.Parse(line).RootElement;
                if (wanted(happened))
                    return happened;
                seen.AppendLine(line);
            }
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"the event never came, but: {seen}; log: {Log}");
        }

        throw new EndOfStreamException($"{seen}; log: {Log}");
    }

    public void Dispose()
    {
        if (!_manager.HasExited)
            _manager.Kill(entireProcessTree: true);
        _manager.WaitForExit();
        _manager.Dispose();
        foreach (string left in (string[])[SocketPath, $"/run/tunbridge/{Name}.serve"])
            System.IO.File.Delete(left);
        File.Dispose();
        Space.Dispose();
    }

    private static CancellationTokenSource Timeout()
    {
        CancellationTokenSource timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(Generous.Patience);
        return timeout;
    }
}
