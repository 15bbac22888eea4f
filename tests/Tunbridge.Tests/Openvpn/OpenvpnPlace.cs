// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text;
using Tunbridge.Netlink;
using Tunbridge.Testing;
using Tunbridge.Tests.Commands;

namespace Tunbridge.Tests.Openvpn;

/// <summary>Two hosts with a cable between them, a folder, and the keys of a server and a client, made by the program itself.</summary>
internal sealed class OpenvpnPlace : IDisposable
{
    internal const string Server = "192.0.2.1", Client = "192.0.2.2";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tbopenvpn");
    private readonly List<Process> _started = [];
    private readonly List<int> _daemons = [];

    internal OpenvpnPlace()
    {
        ServerSpace.Run(() =>
        {
            using RouteNetlink netlink = RouteNetlink.Open();
            netlink.Links.CreateVeth("v0", "v1", peer: new LinkChange { Namespace = ClientSpace.Namespace });
        });
        ServerSpace.Ip($"addr add {Server}/24 dev v0");
        ServerSpace.Ip("link set v0 up");
        ClientSpace.Ip($"addr add {Client}/24 dev v1");
        ClientSpace.Ip("link set v1 up");
        Directory.CreateSymbolicLink(At("openvpn"), Tool.Path);
        foreach (string name in (string[])["server", "client"])
        {
            (string certificate, string key) = TestAuthority.Shared.Issue(name);
            Write($"{name}.crt", certificate);
            Write($"{name}.key", key, isSecret: true);
        }

        Write("ca.crt", TestAuthority.Shared.Certificate);
        Must("--genkey", "tls-crypt-v2-server", "server.tc");
        Must("--tls-crypt-v2", "server.tc", "--genkey", "tls-crypt-v2-client", "client.tc");
        Write("server.conf", ServerText());
        Write("client.conf", $"""
            client
            dev tun
            remote {Server} 1194
            nobind
            ca ca.crt
            cert client.crt
            key client.key
            tls-crypt-v2 client.tc
            remote-cert-tls server
            verb 3

            """);
    }

    internal TestNamespace ServerSpace { get; } = new();

    internal TestNamespace ClientSpace { get; } = new();

    internal string Folder => _folder.FullName;

    /// <summary>The program by the name that makes it openvpn.</summary>
    internal string Program => At("openvpn");

    internal static string ServerText(int port = 1194, int network = 9, string more = "") => $"""
        port {port}
        dev tun
        ca ca.crt
        cert server.crt
        key server.key
        dh none
        topology subnet
        server 10.{network}.0.0 255.255.255.0
        tls-crypt-v2 server.tc
        keepalive 10 60
        persist-tun
        verb 3
        {more}

        """;

    internal string At(string name) => Path.Combine(Folder, name);

    internal void Write(string name, string text, bool isSecret = false)
    {
        File.WriteAllText(At(name), text);
        if (isSecret && !OperatingSystem.IsWindows())
            File.SetUnixFileMode(At(name), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    internal string Read(string name) => Text(name);

    /// <summary>Runs the program in the server's namespace, from the folder.</summary>
    internal CommandResult Run(params string[] arguments) => ServerSpace.Exec(Program, ["--cd", Folder, .. arguments]);

    internal CommandResult Must(params string[] arguments)
    {
        CommandResult result = Run(arguments);
        Assert.True(result.ExitCode == 0, $"{string.Join(' ', arguments)}: exit {result.ExitCode}: {result.Output}{result.Error}");
        return result;
    }

    /// <summary>Starts the program in a namespace; what it prints goes to a file of the folder, as with a shell's redirection.</summary>
    internal Process Start(TestNamespace space, string log, params string[] arguments)
    {
        Process process = space.Start(Program, ["--cd", Folder, .. arguments]);
        StreamWriter writer = new(At(log)) { AutoFlush = true };
        DataReceivedEventHandler write = (_, line) =>
        {
            lock (writer)
                writer.WriteLine(line.Data);
        };
        process.OutputDataReceived += write;
        process.ErrorDataReceived += write;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _started.Add(process);
        return process;
    }

    /// <summary>The real program as a client.</summary>
    internal Process StartRealClient() =>
        Started(ClientSpace.Start("openvpn", "--cd", Folder, "--config", "client.conf", "--log", "real-client.log"));

    /// <summary>The real program as a server.</summary>
    internal Process StartRealServer() =>
        Started(ServerSpace.Start("openvpn", "--cd", Folder, "--config", "server.conf", "--log", "server.log"));

    /// <summary>Has a process that runs in the background ended with the place.</summary>
    internal int Daemon(string pidFile)
    {
        int id = int.Parse(Read(pidFile).Trim(), System.Globalization.CultureInfo.InvariantCulture);
        _daemons.Add(id);
        return id;
    }

    /// <summary>Waits until a file of the folder has some words, so often.</summary>
    internal async Task SaidAsync(string file, string words, int times = 1)
    {
        await UntilAsync(() => Text(file).Split(words).Length > times, () => $"'{words}' never came {times} times; {file}:\n{Text(file)}");
    }

    internal static Task UntilAsync(Func<bool> condition, Func<string> mistake) => Generous.UntilAsync(condition, mistake);

    internal void Ping(TestNamespace from, string address)
    {
        CommandResult result = from.Exec("ping", "-c", "3", "-i", "0.2", "-W", "30", address);
        Assert.True(result.ExitCode == 0, $"{result.Output}{result.Error}\n{Text("server.log")}\n{Text("real-client.log")}");
    }

    internal static void Signal(int process, string name) =>
        Assert.Equal(0, CommandResult.Of("kill", $"-{name}", $"{process}").ExitCode);

    public void Dispose()
    {
        foreach (Process process in _started)
        {
            if (!process.HasExited)
                process.Kill();
            process.WaitForExit();
            process.Dispose();
        }

        foreach (int daemon in _daemons)
            CommandResult.Of("kill", "-KILL", $"{daemon}");
        ServerSpace.Dispose();
        ClientSpace.Dispose();
        _folder.Delete(recursive: true);
    }

    private Process Started(Process process)
    {
        _started.Add(process);
        return process;
    }

    // While it is being written.
    private string Text(string file)
    {
        if (!File.Exists(At(file)))
            return "";
        using FileStream stream = new(At(file), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using StreamReader reader = new(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
