// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tunbridge.OpenVpn.Tests.Support;

/// <summary>An authority of a test's own, with a server's and a client's certificate, as PEM texts.</summary>
internal sealed class TestCertificates
{
    internal static TestCertificates Shared { get; } = new();

    private TestCertificates()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=Test CA", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        using X509Certificate2 authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        Authority = authority.ExportCertificatePem();
        (ServerCertificate, ServerKey) = Issue(authority, "server", "1.3.6.1.5.5.7.3.1");
        (ClientCertificate, ClientKey) = Issue(authority, "client1", "1.3.6.1.5.5.7.3.2");
    }

    internal string Authority { get; }

    internal string ServerCertificate { get; }

    internal string ServerKey { get; }

    internal string ClientCertificate { get; }

    internal string ClientKey { get; }

    private static (string Certificate, string Key) Issue(X509Certificate2 authority, string name, string usage)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        using X509Certificate2 certificate = request.Create(authority, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(20),
            RandomNumberGenerator.GetBytes(8));
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}
