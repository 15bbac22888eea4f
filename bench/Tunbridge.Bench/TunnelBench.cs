// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Tunbridge.Crypto;
using Tunbridge.Linux;
using Tunbridge.Netlink;

namespace Tunbridge.Bench;

/// <summary>OpenVPN tunnels with each end ours or the official program's: throughput, packets, round trip, processor time, memory.</summary>
/// <remarks>
/// <code>
///   namespace A (clients)                                          namespace B (servers)
///   iperf3 -c, ping    tunN 10.8.N.2 ══ client ── veth0 ── server ══ tunN 10.8.N.1    iperf3 -s
/// </code>
/// AES-256-GCM over UDP, MTU 1500 everywhere. All tunnels stand at once, each on a port of its own, and are measured in turn.
/// </remarks>
internal sealed class TunnelBench(BenchOptions options, Report report) : IDisposable
{
    private const double BytesPerGibibyte = 1 << 30;
    private const string Server = "10.78.0.2";
    private const int FirstPort = 11940;
    private const int FloodPort = 9;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly string _self = Environment.ProcessPath!;
    private readonly NetworkNamespace _a = NetworkNamespace.Create();
    private readonly NetworkNamespace _b = NetworkNamespace.Create();
    private readonly string _folder = Directory.CreateTempSubdirectory("tunbridge-bench").FullName;

    internal void Run()
    {
        foreach (string program in (string[])["openvpn", "iperf3", "ping"])
        {
            if (!Command.Exists(program))
            {
                report.Skip($"tunnel: {program} is not installed");
                return;
            }
        }

        Prepare();
        List<TunnelSide> sides = [new("openvpn–openvpn", "openvpn", "openvpn")];
        if (CryptoProviders.IpsecMb is not null)
        {
            sides.Add(new("ours–openvpn, ipsec-mb", "best", "openvpn"));
            sides.Add(new("openvpn–ours, ipsec-mb", "openvpn", "best"));
            sides.Add(new("ours–ours, ipsec-mb", "best", "best"));
        }
        else
        {
            report.Skip($"tunnel: ipsec-mb: {CryptoProviders.WhyNotIpsecMb}");
        }

        sides.Add(new("ours–openvpn, OpenSSL", "openssl", "openvpn"));
        sides.Add(new("openvpn–ours, OpenSSL", "openvpn", "openssl"));
        sides.Add(new("ours–ours, OpenSSL", "openssl", "openssl"));
        TunnelSide veth = new("bare veth", "", "") { Address = Server };
        try
        {
            for (int i = 0; i < sides.Count; i++)
                Open(sides[i], i);
            for (int i = 0; i < options.Pairs; i++)
            {
                MeasureStreams(veth);
                foreach (TunnelSide side in sides)
                    Measure(side);
            }
        }
        finally
        {
            sides.ForEach(s => s.Dispose());
        }

        Tell(sides, veth);
    }

    public void Dispose()
    {
        _a.Dispose();
        _b.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void Tell(List<TunnelSide> sides, TunnelSide veth)
    {
        TunnelSide theirs = sides[0];
        List<TunnelSide> ours = sides[1..];
        foreach ((string title, Func<TunnelSide, Series> of, double both, double one, bool isMore) in
            ((string, Func<TunnelSide, Series>, double, double, bool)[])
            [
                ("one TCP stream, client to server", s => s.Upload, 4, 0.95, true),
                ("one TCP stream, server to client", s => s.Download, 4, 0.95, true),
                ("eight TCP streams, client to server", s => s.Eight, 4, 0.95, true),
                ("packets of 64 bytes, client to server", s => s.Packets, 3, 0.95, true),
                ("processor time of both ends for a packet of 64 bytes", s => s.MicrosecondsPerPacket, 0.34, 1.0, false),
                ("round trip", s => s.RoundTrip, 1.0, 1.05, false),
                ("processor time of both ends for a GiB, one TCP stream client to server", s => s.SecondsPerGibibyte, 0.5, 1.0, false),
                ("resident memory of both ends", s => s.Memory, 0, 0, false),
            ])
        {
            List<Budget> budgets = [.. ours.Select(s => new Budget
            {
                Side = of(s),
                Against = of(theirs),
                AtLeast = isMore,
                Limit = both == 0 ? null : s.IsOursAtBothEnds ? both : one,
            })];
            bool hasVeth = of(veth).Values.Count > 0;
            if (hasVeth)
                budgets.AddRange(ours.Where(s => s.IsOursAtBothEnds).Select(s => new Budget { Side = of(s), Against = of(veth) }));
            report.Add($"tunnel: {title}", [.. sides.Select(of), .. hasVeth ? [of(veth)] : (Series[])[]], [.. budgets]);
        }
    }

    private void Prepare()
    {
        _a.Run(() => Command.Time(null, "ip", "link", "add", "veth0", "type", "veth", "peer", "name", "veth0", "netns", PathOf(_b)));
        foreach ((NetworkNamespace space, string address) in ((NetworkNamespace, string)[])[(_a, "10.78.0.1/24"), (_b, Server + "/24")])
        {
            using RouteNetlink netlink = RouteNetlink.Open(space);
            int index = netlink.Links.Get("veth0").Index;
            netlink.Addresses.Add(index, address);
            netlink.Links.Change(index, new() { Up = true });
            netlink.Links.Change(netlink.Links.Get("lo").Index, new() { Up = true });
        }

        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=Bench CA", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        using X509Certificate2 authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(3));
        File.WriteAllText(Path.Combine(_folder, "ca.pem"), authority.ExportCertificatePem());
        Issue(authority, "server", "1.3.6.1.5.5.7.3.1");
        Issue(authority, "client", "1.3.6.1.5.5.7.3.2");
    }

    private void Issue(X509Certificate2 authority, string name, string usage)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        using X509Certificate2 certificate = request.Create(
            authority, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2), RandomNumberGenerator.GetBytes(8));
        File.WriteAllText(Path.Combine(_folder, $"{name}.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(_folder, $"{name}.key"), key.ExportPkcs8PrivateKeyPem());
    }

    // Both ends of a tunnel; returns when a ping has gone through.
    private void Open(TunnelSide side, int number)
    {
        const string log = "Initialization Sequence Completed";
        string prefix = $"10.8.{number}.";
        side.Address = prefix + "1";
        string common = string.Create(CultureInfo.InvariantCulture, $"""
            dev tun{number}
            proto udp4
            port {FirstPort + number}
            topology subnet
            verb 3
            data-ciphers AES-256-GCM
            ca {_folder}/ca.pem

            """);
        side.Server = Start(_b, log, Words(side.ServerProvider, $"{number}-server.conf", $"""
            {common}cert {_folder}/server.pem
            key {_folder}/server.key
            dh none
            server {prefix}0 255.255.255.0
            keepalive 10 60

            """));
        side.Client = Start(_a, log, Words(side.ClientProvider, $"{number}-client.conf", $"""
            {common}cert {_folder}/client.pem
            key {_folder}/client.key
            client
            remote {Server}
            nobind

            """));
        _a.Run(() => Command.Time(null, "ping", "-c", "3", "-i", "0.2", "-W", "5", side.Address));
    }

    // The same file for whoever reads it. env becomes what it starts, so that its process is the program's.
    private string[] Words(string provider, string file, string text)
    {
        string path = Path.Combine(_folder, file);
        File.WriteAllText(path, text);
        string[] words = provider switch
        {
            "openvpn" => ["openvpn"],
            "openssl" => ["env", $"{CryptoProviders.SwitchVariable}=1", options.Program, "openvpn"],
            _ => [options.Program, "openvpn"],
        };
        return [.. words, "--config", path];
    }

    private void Measure(TunnelSide side)
    {
        MeasureStreams(side);
        MeasurePackets(side);
        MeasureRoundTrip(side);
        side.Memory.Add(Processes(side).Sum(p => p.WorkingSet64) / 1048576.0);
    }

    private void MeasureStreams(TunnelSide side)
    {
        TimeSpan before = Used(side);
        double gibibytes = Stream(side, side.Upload);
        if (side.Client is not null)
            side.SecondsPerGibibyte.Add((Used(side) - before).TotalSeconds / gibibytes);
        _ = Stream(side, side.Download, "-R");
        _ = Stream(side, side.Eight, "-P", "8");
    }

    // The median of the round trips: a mean is that of the scheduler's worst moments.
    private void MeasureRoundTrip(TunnelSide side)
    {
        using Process ping = _a.Run(() => Command.Start("ping", "-c", "500", "-i", "0.002", side.Address));
        string answer = ping.StandardOutput.ReadToEnd();
        ping.WaitForExit();
        // 64 bytes from 10.8.0.1: icmp_seq=1 ttl=64 time=0.043 ms
        double[] times = [.. answer.Split('\n').Select(l => l.Split("time=")).Where(w => w.Length == 2)
            .Select(w => double.Parse(w[1].Split(' ')[0], CultureInfo.InvariantCulture) * 1000)];
        if (times.Length < 250)
            throw new BenchException($"{side.Name}: ping says {answer.ReplaceLineEndings(" ")}");
        side.RoundTrip.Add(Series.MedianOf(times));
    }

    // One run of iperf3; returns what was carried in all, in GiB.
    private double Stream(TunnelSide side, Series series, params string[] more)
    {
        using JsonDocument document = Iperf(side, ["-O", "1", .. more]);
        JsonElement received = document.RootElement.GetProperty("end").GetProperty("sum_received");
        series.Add(received.GetProperty("bits_per_second").GetDouble() / 1e9);
        // The second that is left out was carried, too.
        double seconds = received.GetProperty("seconds").GetDouble();
        return received.GetProperty("bytes").GetDouble() * (seconds + 1) / seconds / BytesPerGibibyte;
    }

    private void MeasurePackets(TunnelSide side)
    {
        // 36 bytes of payload make packets of 64 bytes. A socket that nobody reads drops them; the kernel counts how many.
        using Socket sink = _b.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 1 });
        sink.Bind(new IPEndPoint(IPAddress.Parse(side.Address), FloodPort));
        using Process sender = _a.Run(() => Command.Start(_self, "flood-singly", side.Address, "36"));
        using ManualResetEventSlim over = new();
        over.Wait(TimeSpan.FromMilliseconds(200));
        long first = Dropped(side.Address);
        TimeSpan before = Used(side);
        long start = Stopwatch.GetTimestamp();
        over.Wait(TimeSpan.FromSeconds(Math.Max(1, options.Seconds)));
        long count = Dropped(side.Address) - first;
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double used = (Used(side) - before).TotalMicroseconds;
        sender.Kill();
        sender.WaitForExit();
        side.Packets.Add(count / seconds / 1000);
        side.MicrosecondsPerPacket.Add(used / Math.Max(1, count));
        // What still waits in queues is not the next measurement's.
        over.Wait(TimeSpan.FromMilliseconds(300));
    }

    // /proc/net/udp: the local address as the kernel holds it, and at the end of the line what its socket has dropped.
    private long Dropped(string address)
    {
        string local = string.Create(
            CultureInfo.InvariantCulture, $"{BitConverter.ToUInt32(IPAddress.Parse(address).GetAddressBytes()):X8}:{FloodPort:X4}");
        string table = _b.Run(() => File.ReadAllText("/proc/thread-self/net/udp"));
        string line = table.Split('\n').FirstOrDefault(l => l.Contains(local, StringComparison.Ordinal)) ??
            throw new BenchException("the kernel does not show the socket that counts packets");
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^1], CultureInfo.InvariantCulture);
    }

    private JsonDocument Iperf(TunnelSide side, string[] words)
    {
        using Process server = Start(_b, "listening", ["iperf3", "-s", "-1", "--forceflush"]);
        string seconds = Math.Max(1, (int)Math.Round(options.Seconds)).ToString(CultureInfo.InvariantCulture);
        using Process client = _a.Run(() => Command.Start(["iperf3", "-c", side.Address, "-t", seconds, "-J", .. words]));
        using Timer alarm = new(static p => ((Process)p!).Kill(), client, s_patience, Timeout.InfiniteTimeSpan);
        string answer = client.StandardOutput.ReadToEnd();
        client.WaitForExit();
        if (!server.WaitForExit(s_patience))
            server.Kill();
        JsonDocument document = JsonDocument.Parse(answer.Length == 0 ? "{}" : answer);
        if (document.RootElement.TryGetProperty("end", out JsonElement end) && end.TryGetProperty("sum_received", out _))
            return document;
        document.Dispose();
        throw new BenchException($"{side.Name}: iperf3 says {answer.ReplaceLineEndings(" ")}");
    }

    private static IEnumerable<Process> Processes(TunnelSide side)
    {
        foreach (Process? process in (Process?[])[side.Client, side.Server])
        {
            if (process is null)
                continue;
            process.Refresh();
            yield return process;
        }
    }

    private static TimeSpan Used(TunnelSide side) =>
        TimeSpan.FromTicks(Processes(side).Sum(p => p.TotalProcessorTime.Ticks));

    // Starts a program that says in a line when it is ready.
    private static Process Start(NetworkNamespace space, string ready, string[] words)
    {
        Process process = space.Run(() => Command.Start(words));
        List<string> lines = [];
        using Timer alarm = new(static p => ((Process)p!).Kill(), process, s_patience, Timeout.InfiniteTimeSpan);
        while (process.StandardOutput.ReadLine() is string line)
        {
            lines.Add(line);
            if (line.Contains(ready, StringComparison.OrdinalIgnoreCase))
            {
                // Read on, so that the program never waits for its reader.
                _ = process.StandardOutput.BaseStream.CopyToAsync(System.IO.Stream.Null);
                return process;
            }
        }

        throw new BenchException(
            $"`{string.Join(' ', words)}` did not start: {string.Join(" / ", lines)} {process.StandardError.ReadToEnd().Trim()}");
    }

    private static string PathOf(NetworkNamespace space) => string.Create(
        CultureInfo.InvariantCulture, $"/proc/{Environment.ProcessId}/fd/{space.Descriptor.Number}");
}
