// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Tunbridge.Crypto.Tests;

/// <summary>An authority made for a test, and the certificates and revocation lists that it signs.</summary>
internal sealed class TestAuthority : IDisposable
{
    internal const string ServerUsage = "1.3.6.1.5.5.7.3.1", ClientUsage = "1.3.6.1.5.5.7.3.2";

    internal static readonly DateTimeOffset Now = new(2025, 6, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly X509Certificate2 _certificate;

    internal TestAuthority(string name, TestAuthority? issuer = null)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        if (issuer is null)
        {
            _certificate = request.CreateSelfSigned(Now.AddYears(-1), Now.AddYears(10));
        }
        else
        {
            using X509Certificate2 signed = request.Create(issuer._certificate, Now.AddYears(-1), Now.AddYears(9), [7, 7]);
            _certificate = signed.CopyWithPrivateKey(key);
        }
    }

    internal byte[] Pem => Encoding.ASCII.GetBytes(_certificate.ExportCertificatePem() + "\n");

    /// <summary>A certificate with its key.</summary>
    internal TestIdentity Issue(
        string subject, string? usage, byte serial = 1, int daysFrom = -1, int daysTo = 365,
        X509KeyUsageFlags keyUsage = X509KeyUsageFlags.DigitalSignature)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new(InOrder(subject), key, HashAlgorithmName.SHA256);
        if (keyUsage != X509KeyUsageFlags.None)
            request.CertificateExtensions.Add(new X509KeyUsageExtension(keyUsage, false));
        if (usage is not null)
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        using X509Certificate2 certificate = request.Create(_certificate, Now.AddDays(daysFrom), Now.AddDays(daysTo), [0x12, serial]);
        return new(certificate, key);
    }

    /// <summary>A certificate that nobody else signed.</summary>
    internal static TestIdentity SelfSigned(string subject)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 certificate = new CertificateRequest(InOrder(subject), key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(Now.AddDays(-1), Now.AddDays(365));
        return new(certificate, key);
    }

    /// <summary>A revocation list.</summary>
    internal byte[] Revoke(int daysTo, params ReadOnlySpan<byte> serials)
    {
        CertificateRevocationListBuilder builder = new();
        foreach (byte serial in serials)
            builder.AddEntry([0x12, serial], Now.AddDays(-2));
        return Encoding.ASCII.GetBytes(PemEncoding.Write("X509 CRL",
            builder.Build(_certificate, 1, Now.AddDays(daysTo), HashAlgorithmName.SHA256, thisUpdate: Now.AddDays(-20))));
    }

    // .NET reverses the parts unless told.
    private static X500DistinguishedName InOrder(string subject) => new(subject, X500DistinguishedNameFlags.None);

    public void Dispose() => _certificate.Dispose();
}
