// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tunbridge.Testing;

/// <summary>An authority of a test's own that issues certificates, as PEM texts.</summary>
public sealed class TestAuthority : IDisposable
{
    private readonly X509Certificate2 _authority;
    private readonly Dictionary<string, (string Certificate, string Key)> _issued = [];

    public TestAuthority(string name = "Test CA")
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        _authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        Certificate = _authority.ExportCertificatePem();
    }

    /// <summary>One for all tests that do not mind.</summary>
    public static TestAuthority Shared { get; } = new();

    /// <summary>The authority's own certificate.</summary>
    public string Certificate { get; }

    /// <summary>A certificate for a client, always the same for one name; or for a server when the name is "server".</summary>
    public (string Certificate, string Key) Issue(string name)
    {
        lock (_issued)
        {
            if (_issued.TryGetValue(name, out (string, string) known))
                return known;
            return _issued[name] = Make(name, isServer: name == "server", days: 20);
        }
    }

    /// <summary>A certificate that was good until an hour ago.</summary>
    public (string Certificate, string Key) IssueExpired(string name, bool isServer) => Make(name, isServer, days: -1 / 24.0);

    /// <summary>The blocks &lt;ca&gt;, &lt;cert&gt; and &lt;key&gt; of a configuration.</summary>
    public string Blocks(string name)
    {
        (string certificate, string key) = Issue(name);
        return $"<ca>\n{Certificate}\n</ca>\n<cert>\n{certificate}\n</cert>\n<key>\n{key}\n</key>\n";
    }

    /// <summary>A revocation list with these names' certificates on it.</summary>
    public string Revoke(params IEnumerable<string> names)
    {
        CertificateRevocationListBuilder builder = new();
        foreach (string name in names)
        {
            using X509Certificate2 certificate = X509Certificate2.CreateFromPem(Issue(name).Certificate);
            builder.AddEntry(certificate);
        }
        byte[] list = builder.Build(_authority, 1, DateTimeOffset.UtcNow.AddDays(7), HashAlgorithmName.SHA256);
        return new string(PemEncoding.Write("X509 CRL", list));
    }

    public void Dispose() => _authority.Dispose();

    private (string Certificate, string Key) Make(string name, bool isServer, double days)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(
            [new Oid(isServer ? "1.3.6.1.5.5.7.3.1" : "1.3.6.1.5.5.7.3.2")], false));
        using X509Certificate2 certificate = request.Create(
            _authority, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(days), RandomNumberGenerator.GetBytes(8));
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}
