// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Tunbridge.Crypto;
using Tunbridge.OpenVpn.Wire;

namespace Tunbridge.Demo;

/// <summary>Fresh keys of a server and a client, and their configurations, in a folder that goes with them.</summary>
internal sealed class TunnelKeys : IDisposable
{
    internal const string ServerAddress = "192.0.2.1", ClientAddress = "192.0.2.2", Inside = "10.8.0.1";

    private const string ServerUsage = "1.3.6.1.5.5.7.3.1", ClientUsage = "1.3.6.1.5.5.7.3.2";

    // For its owner alone.
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tunbridge-demo-");

    internal TunnelKeys()
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=Demo CA", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        using X509Certificate2 authority = request.CreateSelfSigned(now.AddHours(-1), now.AddDays(1));
        string ca = authority.ExportCertificatePem();
        string wrap = KeyFiles.MakeTlsCryptV2Server(CryptoProviders.OpenSsl);
        string wrapped = KeyFiles.MakeTlsCryptV2Client(CryptoProviders.OpenSsl, CryptoProviders.OpenSsl, Encoding.ASCII.GetBytes(wrap), null, now)!;
        Write(Server, $"""
            dev tun
            local {ServerAddress}
            server 10.8.0.0 255.255.255.0
            topology subnet
            keepalive 10 60
            dh none
            {Blocks(authority, ca, "server", ServerUsage)}<tls-crypt-v2>
            {wrap}</tls-crypt-v2>
            {Common}
            """);
        Write(Client, $"""
            client
            dev tun
            remote {ServerAddress}
            nobind
            remote-cert-tls server
            {Blocks(authority, ca, "client", ClientUsage)}<tls-crypt-v2>
            {wrapped}</tls-crypt-v2>
            {Common}
            """);
    }

    internal string Server => Path.Combine(_folder.FullName, "server.conf");

    internal string Client => Path.Combine(_folder.FullName, "client.conf");

    private static string Common => "data-ciphers AES-256-GCM\ncipher AES-256-GCM\nverb 3\n";

    public void Dispose() => _folder.Delete(recursive: true);

    private static string Blocks(X509Certificate2 authority, string ca, string name, string usage)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        using X509Certificate2 certificate = request.Create(authority, authority.NotBefore, authority.NotAfter, RandomNumberGenerator.GetBytes(8));
        return $"<ca>\n{ca}\n</ca>\n<cert>\n{certificate.ExportCertificatePem()}\n</cert>\n<key>\n{key.ExportPkcs8PrivateKeyPem()}\n</key>\n";
    }

    private static void Write(string path, string text)
    {
        File.WriteAllText(path, text);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
