// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Tunnels;

namespace Tunbridge.Crypto.Tests;

/// <summary>The providers by name; ipsec-mb is skipped, visibly, where it is not installed.</summary>
internal static class Providers
{
    internal const string OpenSsl = "OpenSSL", IpsecMb = "ipsec-mb";

    internal static ICryptoProvider Get(string name)
    {
        if (name == OpenSsl)
            return CryptoProviders.OpenSsl;
        Assert.SkipWhen(CryptoProviders.IpsecMb is null, CryptoProviders.WhyNotIpsecMb);
        return CryptoProviders.IpsecMb;
    }

    internal static byte[] Bytes(int length, int seed)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
