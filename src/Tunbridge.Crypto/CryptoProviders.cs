// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Tunnels;

namespace Tunbridge.Crypto;

/// <summary>What this machine has to encrypt with, found out once. Thread-safe.</summary>
public static class CryptoProviders
{
    /// <summary>The environment variable; 1 leaves ipsec-mb out for the whole process.</summary>
    public const string SwitchVariable = "TUNBRIDGE_NO_IPSEC_MB";

    private static readonly Lazy<Choice> s_choice = new(Find);

    /// <summary>OpenSSL, which is always there.</summary>
    /// <exception cref="DllNotFoundException">libcrypto.so.3 is not installed.</exception>
    public static OpenSslCryptoProvider OpenSsl => s_choice.Value.OpenSsl;

    /// <summary>The fastest: ipsec-mb where it is installed and proven, OpenSSL otherwise.</summary>
    /// <exception cref="DllNotFoundException">libcrypto.so.3 is not installed.</exception>
    public static ICryptoProvider Best => (ICryptoProvider?)s_choice.Value.IpsecMb ?? s_choice.Value.OpenSsl;

    /// <summary>ipsec-mb, or null; <see cref="WhyNotIpsecMb"/> then says why.</summary>
    /// <exception cref="DllNotFoundException">libcrypto.so.3 is not installed.</exception>
    public static IpsecMbCryptoProvider? IpsecMb => s_choice.Value.IpsecMb;

    /// <summary>Why ipsec-mb is not used, in words; empty when it is.</summary>
    /// <exception cref="DllNotFoundException">libcrypto.so.3 is not installed.</exception>
    public static string WhyNotIpsecMb => s_choice.Value.WhyNot;

    /// <summary>One line for people: "AES-GCM by ipsec-mb 1.3.0 (AVX-512, VAES), the rest by OpenSSL 3.0.19". Never throws.</summary>
    /// <returns>The line.</returns>
    public static string Describe()
    {
        try
        {
            return s_choice.Value is { IpsecMb: { } fast } both
                ? $"AES-GCM by {fast.Name}, the rest by {both.OpenSsl.Name}"
                : $"all by {s_choice.Value.OpenSsl.Name}";
        }
        catch (DllNotFoundException)
        {
            return "none: OpenSSL 3 (libcrypto.so.3) is not installed";
        }
    }

    private static Choice Find()
    {
        OpenSslCryptoProvider openSsl = new();
        if (Environment.GetEnvironmentVariable(SwitchVariable) == "1")
            return new() { OpenSsl = openSsl, WhyNot = $"{SwitchVariable}=1 in the environment" };
        return new() { OpenSsl = openSsl, IpsecMb = IpsecMbCryptoProvider.TryLoad(openSsl, out string reason), WhyNot = reason };
    }

    private sealed class Choice
    {
        internal required OpenSslCryptoProvider OpenSsl { get; init; }

        internal IpsecMbCryptoProvider? IpsecMb { get; init; }

        internal required string WhyNot { get; init; }
    }
}
