// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Tunbridge.Crypto.Interop;
using Tunbridge.Tunnels;

namespace Tunbridge.Crypto.IpsecMb;

/// <summary>libIPSec_MB.so.1 with the AES-GCM functions for this processor, proven right before they are used.</summary>
/// <remarks>
/// <para>
/// The library exports AES-GCM once for each instruction set, with the same arguments in all of version 1
/// (intel-ipsec-mb.h). The structures that it works in are opaque here: how much of them it writes is measured at load,
/// over every length class, in a buffer far larger than needed; a version that wants more than is set aside is left alone.
/// </para>
/// </remarks>
internal sealed unsafe class IpsecMbLibrary
{
    private const string FileName = "libIPSec_MB.so.1";

    /// <summary>Bytes set aside for an expanded key and for a packet's context; version 1.3 has 1,008 and 88.</summary>
    internal const int KeyRoom = 2048, ContextRoom = 256;

    private IpsecMbLibrary(string version, string instructionSet)
    {
        Version = version;
        InstructionSet = instructionSet;
    }

    internal string Version { get; }

    internal string InstructionSet { get; }

    /// <summary>The functions for keys of 16, 24 and 32 bytes.</summary>
    internal GcmFunctions[] Gcm { get; } = new GcmFunctions[3];

    /// <summary>Loads the library, picks the functions and proves them.</summary>
    /// <param name="reference">What the answers are compared with.</param>
    /// <param name="reason">Why it is not used, in words.</param>
    internal static IpsecMbLibrary? TryLoad(ICryptoProvider reference, out string reason)
    {
        if (SuffixForProcessor() is not ({ } suffix, { } instructionSet))
        {
            reason = "this processor has no AES and carry-less multiplication, or /proc/cpuinfo does not say so";
            return null;
        }

        if (!NativeLibrary.TryLoad(FileName, out nint handle))
        {
            reason = $"{FileName} is not installed (package libipsec-mb1)";
            return null;
        }

        if (!NativeLibrary.TryGetExport(handle, "imb_get_version_str", out nint versionOf))
        {
            reason = $"{FileName} does not tell its version";
            return null;
        }

        string version = LibCrypto.Text(((delegate* unmanaged<byte*>)versionOf)());
        if (!version.StartsWith("1.", StringComparison.Ordinal))
        {
            reason = $"its version {version} is not known here, 1.x is";
            return null;
        }

        IpsecMbLibrary library = new(version, instructionSet);
        for (int i = 0; i < 3; i++)
        {
            int bits = 128 + i * 64;
            if (!NativeLibrary.TryGetExport(handle, $"aes_gcm_pre_{bits}_{suffix}", out nint expand) ||
                !NativeLibrary.TryGetExport(handle, $"aes_gcm_enc_{bits}_{suffix}", out nint encrypt) ||
                !NativeLibrary.TryGetExport(handle, $"aes_gcm_dec_{bits}_{suffix}", out nint decrypt))
            {
                reason = $"version {version} does not export aes_gcm_*_{bits}_{suffix}";
                return null;
            }

            library.Gcm[i] = new(expand, encrypt, decrypt);
        }

        reason = IpsecMbProof.Fault(library, reference) ?? "";
        return reason.Length == 0 ? library : null;
    }

    // The names that the library gives its own choices. What the processor has and the system saves the registers of is the
    // kernel's word: the runtime's answers are fixed when the program is compiled to machine code.
    private static (string? Suffix, string? InstructionSet) SuffixForProcessor()
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
            return default;
        HashSet<string> flags = ProcessorFlags();
        bool Has(params ReadOnlySpan<string> names)
        {
            foreach (string name in names)
            {
                if (!flags.Contains(name))
                    return false;
            }

            return true;
        }

        if (!Has("aes", "pclmulqdq", "sse4_1"))
            return default;
        if (Has("avx512f", "avx512bw", "avx512dq", "avx512vl"))
            return Has("vaes", "vpclmulqdq") ? ("vaes_avx512", "AVX-512, VAES") : ("avx512", "AVX-512");
        if (Has("avx2", "bmi2"))
            return ("avx_gen4", "AVX2");
        return Has("avx") ? ("avx_gen2", "AVX") : ("sse", "SSE");
    }

    // The first line "flags" of /proc/cpuinfo; the other processors' are the same.
    private static HashSet<string> ProcessorFlags()
    {
        try
        {
            foreach (string line in File.ReadLines("/proc/cpuinfo"))
            {
                if (line.StartsWith("flags", StringComparison.Ordinal))
                    return [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];    // no /proc: OpenSSL finds out by itself
        }

        return [];
    }
}
