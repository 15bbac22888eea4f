// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using Tunbridge.Crypto;
using Tunbridge.Tunnels;

namespace Tunbridge.Bench;

/// <summary>Processor time to seal one packet, by cipher, length and provider, against C with the same calls.</summary>
internal sealed class CryptoBench(BenchOptions options, Report report)
{
    private const int Milliseconds = 40, PacketsBetweenLooks = 1000, AssociatedBytes = 8;
    private const double SlowestAgainstC = 1.2, SlowestIpsecMb = 0.5;

    private static readonly (AeadAlgorithm Algorithm, string Name)[] s_ciphers =
    [
        (AeadAlgorithm.Aes128Gcm, "AES-128-GCM"), (AeadAlgorithm.Aes256Gcm, "AES-256-GCM"), (AeadAlgorithm.ChaCha20Poly1305, "ChaCha20-Poly1305"),
    ];

    internal void Run()
    {
        string? c = options.CPrograms is { } folder && File.Exists(Path.Combine(folder, "seal")) ? Path.Combine(folder, "seal") : null;
        if (c is null)
            report.Skip("crypto: no C compiler, or no headers of OpenSSL (libssl-dev): C side skipped");
        if (CryptoProviders.IpsecMb is null)
            report.Skip($"crypto: ipsec-mb: {CryptoProviders.WhyNotIpsecMb}");
        foreach ((AeadAlgorithm algorithm, string name) in s_ciphers)
        {
            foreach (int bytes in (int[])[64, 512, 1400, 9000])
                Compare(algorithm, name, bytes, c);
        }
    }

    private void Compare(AeadAlgorithm algorithm, string name, int bytes, string? c)
    {
        Series evp = new($"ours, {CryptoProviders.OpenSsl.Name}: seal", "ns"), evpOpen = new("  open", "ns");
        Series mb = new($"ours, {CryptoProviders.IpsecMb?.Name}: seal", "ns"), mbOpen = new("  open", "ns");
        Series reference = new("C, OpenSSL: seal", "ns");
        bool usesMb = CryptoProviders.IpsecMb is not null && algorithm != AeadAlgorithm.ChaCha20Poly1305;
        for (int i = 0; i < options.Pairs; i++)
        {
            if (c is not null)
                reference.Add(ByC(c, name, bytes));
            Measure(CryptoProviders.OpenSsl, algorithm, bytes, evp, evpOpen);
            if (usesMb)
                Measure(CryptoProviders.IpsecMb!, algorithm, bytes, mb, mbOpen);
        }

        List<Budget> budgets = [];
        if (c is not null)
            budgets.Add(new() { Side = evp, Against = reference, Limit = bytes >= 512 ? SlowestAgainstC : null });
        if (usesMb)
            budgets.Add(new() { Side = mb, Against = evp, Limit = bytes == 1400 ? SlowestIpsecMb : null });
        Series[] sides = [.. c is null ? (Series[])[] : [reference], evp, evpOpen, .. usesMb ? (Series[])[mb, mbOpen] : []];
        report.Add($"crypto: {name}, {bytes} bytes", sides, [.. budgets]);
    }

    private static double ByC(string program, string name, int bytes)
    {
        using Process process = Command.Start(program, name, $"{bytes}", $"{Milliseconds}");
        string answer = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        string[] words = answer.Split(' ');
        return process.ExitCode == 0 && words.Length == 2
            ? double.Parse(words[1], CultureInfo.InvariantCulture) / double.Parse(words[0], CultureInfo.InvariantCulture)
            : throw new BenchException($"{program} ended with {process.ExitCode}");
    }

    private static void Measure(ICryptoProvider provider, AeadAlgorithm algorithm, int bytes, Series seal, Series open)
    {
        byte[] slab = GC.AllocateArray<byte>(65536, pinned: true);
        byte[] nonce = new byte[Aead.NonceSize], associated = new byte[AssociatedBytes], tag = new byte[Aead.TagSize];
        using IAeadSealer sealer = provider.CreateSealer(algorithm, new byte[Aead.KeySize(algorithm)]);
        using IAeadOpener opener = provider.CreateOpener(algorithm, new byte[Aead.KeySize(algorithm)]);
        seal.Add(PerPacket(n =>
        {
            BinaryPrimitives.WriteInt64LittleEndian(nonce, n);
            sealer.Seal(nonce, associated, slab.AsSpan(0, bytes), tag);
        }));
        // What it opens is not authentic, which takes the same time: the tag is computed over the whole packet and compared.
        open.Add(PerPacket(n =>
        {
            BinaryPrimitives.WriteInt64LittleEndian(nonce, n);
            _ = opener.TryOpen(nonce, associated, slab.AsSpan(0, bytes), tag);
        }));
    }

    private static double PerPacket(Action<long> work)
    {
        for (long i = 0; i < PacketsBetweenLooks; i++)
            work(i);
        long packets = 0;
        TimeSpan start = Environment.CpuUsage.TotalTime, used;
        do
        {
            for (int i = 0; i < PacketsBetweenLooks; i++)
                work(packets++);
            used = Environment.CpuUsage.TotalTime - start;
        }
        while (used.TotalMilliseconds < Milliseconds);
        return used.TotalNanoseconds / packets;
    }
}
