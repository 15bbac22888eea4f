// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Tunbridge.Crypto;
using static Tunbridge.Doctor.Check;

namespace Tunbridge.Doctor.Checks;

/// <summary>What tunnels encrypt with here. Cards need none of it.</summary>
internal static class CryptoChecks
{
    /// <summary>OpenSSL, which tunnels need, and ipsec-mb, which makes them faster.</summary>
    public static Check Providers()
    {
        Check check = new() { Id = "encryption", Status = CheckStatus.Ok, Summary = $"tunnels encrypt with: {CryptoProviders.Describe()}" };
        try
        {
            string why = CryptoProviders.WhyNotIpsecMb;
            return check with
            {
                Evidence = [Seen("openssl", CryptoProviders.OpenSsl.Name), Seen("ipsec-mb", CryptoProviders.IpsecMb?.Name ?? why)],
                Notes = why.Length > 0 && RuntimeInformation.ProcessArchitecture == Architecture.X64
                    ? [$"ipsec-mb, which does AES-GCM several times as fast, is not used: {why}"]
                    : [],
            };
        }
        catch (DllNotFoundException)
        {
            return check with
            {
                Status = CheckStatus.Warn,
                Summary = "OpenSSL 3 is not installed: cards work, encrypted tunnels do not",
                Fix = new() { Explanation = "Install it from the distribution.", Commands = ["apt-get install libssl3"] },
            };
        }
    }
}
