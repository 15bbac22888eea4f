// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Tunbridge.Crypto.Tests;

/// <summary>A certificate and its key as PEM texts.</summary>
internal sealed class TestIdentity
{
    internal TestIdentity(X509Certificate2 certificate, ECDsa key)
    {
        Certificate = Encoding.ASCII.GetBytes(certificate.ExportCertificatePem() + "\n");
        Key = Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem());
        LockedKey = Encoding.ASCII.GetBytes(key.ExportEncryptedPkcs8PrivateKeyPem(
            "open sesame", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)));
        Fingerprint = SHA256.HashData(certificate.RawData);
        using X509Certificate2 bare = X509CertificateLoader.LoadCertificate(certificate.RawData), both = bare.CopyWithPrivateKey(key);
        Container = both.Export(X509ContentType.Pkcs12, "open sesame")!;
    }

    internal byte[] Certificate { get; }

    internal byte[] Key { get; }

    internal byte[] LockedKey { get; }

    internal byte[] Fingerprint { get; }

    internal byte[] Container { get; }
}
