// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using Tunbridge.Interop.Tests.Peers;
using Tunbridge.Interop.Tests.Trouble;
using Tunbridge.Testing;

namespace Tunbridge.Interop.Tests.Refusals;

/// <summary>The official program shows ours a certificate that is not good: ours says what is wrong with it, and lets nothing pass.</summary>
public sealed class CertificateTests
{
    private const string Completed = "Initialization Sequence Completed";

    [Theory]
    [InlineData("client", "another authority's", "unable to get local issuer certificate|self.signed certificate in certificate chain")]
    [InlineData("server", "another authority's", "unable to get local issuer certificate|self.signed certificate in certificate chain")]
    [InlineData("client", "expired", "certificate has expired")]
    [InlineData("server", "expired", "certificate has expired")]
    [InlineData("client", "revoked", "certificate revoked")]
    [InlineData("server", "revoked", "certificate revoked")]
    [InlineData("client", "of another usage", "unsuitable certificate purpose|usage")]
    [InlineData("server", "of another usage", "unsuitable certificate purpose|usage")]
    [InlineData("client", "of another name", "name")]
    [InlineData("server", "of another name", "name")]
    public async Task Certificate_NotGood_IsRefusedInWords(string role, string kind, string words)
    {
        using Scene scene = new(role);
        scene.Write("udp4");
        string judge = role == "client" ? "client.ovpn" : "server.conf", shown = role == "client" ? "server.conf" : "client.ovpn";
        string name = role == "client" ? "server" : "client1";
        switch (kind)
        {
            case "another authority's":
                using (TestAuthority other = new("Another CA"))
                    Show(other.Issue(name));
                break;
            case "expired":
                Show(TestAuthority.Shared.IssueExpired(name, isServer: role == "client"));
                break;
            case "revoked":
                Add(judge, $"<crl-verify>\n{TestAuthority.Shared.Revoke(name)}\n</crl-verify>\n");
                break;
            case "of another usage":
                Show(TestAuthority.Shared.Issue(role == "client" ? "client2" : "server"));
                if (role == "server")
                    Add(judge, "remote-cert-tls client\n");
                break;
            default:
                Add(judge, "verify-x509-name somebody.else name\n");
                break;
        }

        await scene.StartWithoutConnectionAsync();
        TunnelProcess ours = role == "client" ? scene.Client : scene.Server;
        await scene.Until(() => Regex.IsMatch(ours.Log, $"VERIFY.*ERROR.*({words})", RegexOptions.IgnoreCase), $"a refusal for '{words}'");

        Assert.False(scene.Client.HasSaid(Completed), scene.Hosts.Logs());
        Assert.False(scene.Server.HasSaid("Peer Connection Initiated") && role == "server", scene.Hosts.Logs());

        void Add(string file, string lines) => File.AppendAllText(scene.Hosts.At(file), lines);

        void Show((string Certificate, string Key) pair)
        {
            (string certificate, string key) = TestAuthority.Shared.Issue(name);
            string text = File.ReadAllText(scene.Hosts.At(shown));
            File.WriteAllText(
                scene.Hosts.At(shown),
                text.Replace(certificate, pair.Certificate, StringComparison.Ordinal).Replace(key, pair.Key, StringComparison.Ordinal));
        }
    }
}
