// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tunbridge.Testing;

namespace Tunbridge.Hosting.Tests.OpenVpn.Interop;

/// <summary>Whom our server lets in, against clients of the official program.</summary>
public sealed class ServerRulesTests
{
    private const string Failed = "TLS Error: TLS handshake failed";

    [Fact]
    public async Task PeerFingerprint_LetsInWhomItNamesAndNobodyElse()
    {
        using X509Certificate2 good = X509Certificate2.CreateFromPem(TestAuthority.Shared.Issue("client1").Certificate);
        string fingerprint = string.Join(':', good.GetCertHash(HashAlgorithmName.SHA256).Select(b => b.ToString("X2", CultureInfo.InvariantCulture)));
        (string certificate, string key) = TestAuthority.Shared.Issue("server");
        await using ServerRig rig = ServerRig.Start($"keepalive 1 60\n<cert>\n{certificate}\n</cert>\n<key>\n{key}\n</key>\n" +
            $"<peer-fingerprint>\n{fingerprint}\n</peer-fingerprint>");
        ClientEnd end = rig.AddEnd();
        RealOpenVpn stranger = end.Start("client2", "");
        await rig.Holds(() => rig.Log.HasSaid(Failed), "refused", stranger);
        Assert.Contains("fingerprint", rig.Log.Text, StringComparison.Ordinal);
        RealOpenVpn client = await rig.ConnectAsync(rig.AddEnd());
        Assert.True(client.HasSaid("ifconfig 10.8.0.2 "), client.Log);
        Assert.False(stranger.HasSaid("Initialization Sequence Completed"), stranger.Log);
    }

    [Fact]
    public async Task WithoutACertificate_TheNameOfTheUserCounts_AndHisFile()
    {
        string ca = $"<ca>\n{TestAuthority.Shared.Certificate}\n</ca>\n";
        await using ServerRig rig = ServerRig.Start(
            "keepalive 1 60\nverify-client-cert optional\nusername-as-common-name\nclient-config-dir ccd\nccd-exclusive\nscript-security 2\n" +
            "auth-user-pass-verify ./verify.sh via-file",
            ("verify.sh", "#!/bin/sh\nexit 0\n"),
            ("ccd/bob", "ifconfig-push 10.8.0.50 255.255.255.0\n"),
            ("bob", "bob\nsecret\n"), ("eve", "eve\nsecret\n"));
        RealOpenVpn stranger = rig.AddEnd().Start("", $"auth-user-pass {rig.Folder}/eve\n{ca}");
        await rig.Holds(() => stranger.HasEnded, "refused", stranger);
        Assert.True(stranger.HasSaid("AUTH_FAILED"), stranger.Log);
        Assert.True(rig.Log.HasSaid("no file for it in client-config-dir"), rig.Log.Text);
        RealOpenVpn client = await rig.ConnectAsync(rig.AddEnd(), lines: $"auth-user-pass {rig.Folder}/bob\n{ca}");
        Assert.True(client.HasSaid("ifconfig 10.8.0.50 "), client.Log);
        Assert.Equal("bob", Assert.Single(rig.Server.Snapshot().Clients, c => c.Address is not null).CommonName);
    }

    [Fact]
    public async Task RevokedSerial_InADirectory_IsRefusedInWords()
    {
        using X509Certificate2 revoked = X509Certificate2.CreateFromPem(TestAuthority.Shared.Issue("revoked").Certificate);
        string serial = new BigInteger(revoked.SerialNumberBytes.Span, isUnsigned: true, isBigEndian: true).ToString(CultureInfo.InvariantCulture);
        await using ServerRig rig = ServerRig.Start("keepalive 1 60\ncrl-verify crls dir", ($"crls/{serial}", ""));
        RealOpenVpn refused = rig.AddEnd().Start("revoked", "");
        await rig.Holds(() => rig.Log.HasSaid(Failed), "refused", refused);
        Assert.Contains("revoked", rig.Log.Text, StringComparison.Ordinal);
        RealOpenVpn client = await rig.ConnectAsync(rig.AddEnd());
        Assert.False(refused.HasSaid("Initialization Sequence Completed"), client.Log);
    }

    [Fact]
    public async Task VerifyX509Name_OfAServer_IsAboutItsClients()
    {
        await using ServerRig rig = ServerRig.Start("keepalive 1 60\nverify-x509-name client name-prefix");
        RealOpenVpn refused = rig.AddEnd().Start("other", "");
        await rig.Holds(() => rig.Log.HasSaid(Failed), "refused", refused);
        Assert.Contains("CN=other", rig.Log.Text, StringComparison.Ordinal);
        await rig.ConnectAsync(rig.AddEnd());
    }

    [Theory]
    [InlineData("connect-freq 1 3600", "exceeds connect-freq, ignored")]
    [InlineData("connect-freq-initial 1 3600", "--connect-freq-initial rate limit exceeded")]
    public async Task Beginnings_BeyondTheirNumber_AreIgnored(string line, string words)
    {
        await using ServerRig rig = ServerRig.Start($"keepalive 1 60\n{line}");
        ClientEnd end = rig.AddEnd();
        RealOpenVpn first = await rig.ConnectAsync(end);
        RealOpenVpn second = end.Start("client2", "");
        await rig.Holds(() => rig.Log.HasSaid(words), "ignored", second);
        Assert.False(second.HasSaid("Initialization Sequence Completed"), second.Log);
        Assert.True(end.Pings("10.8.0.1"), first.Log);
    }

    [Fact]
    public async Task DuplicateNames_WhereAllowed_StayBoth()
    {
        await using ServerRig rig = ServerRig.Start("keepalive 1 60\nduplicate-cn");
        ClientEnd one = rig.AddEnd();
        ClientEnd two = rig.AddEnd();
        await rig.ConnectAsync(one);
        RealOpenVpn client = await rig.ConnectAsync(two);
        Assert.True(one.Pings("10.8.0.1") && two.Pings("10.8.0.1"), rig.Log.Text + client.Log);
        Assert.Equal(["10.8.0.2", "10.8.0.3"], rig.Server.Snapshot().Clients.Select(c => c.Address!.ToString()));
        // Nothing leads from one to the other without client-to-client.
        Assert.False(one.Pings("10.8.0.3", count: 1));
    }

    [Fact]
    public async Task Token_PastItsLifetime_IsRefusedAndThePasswordAskedForAgain()
    {
        await using ServerRig rig = ServerRig.Start(
            "keepalive 1 60\nauth-gen-token 4\nreneg-sec 3\nscript-security 2\nauth-user-pass-verify ./verify.sh via-file",
            ("verify.sh", "#!/bin/sh\nsed -n 2p $1 >> passwords\n"), ("good", "bob\nsecret\n"));
        RealOpenVpn client = await rig.ConnectAsync(rig.AddEnd(), lines: $"auth-user-pass {rig.Folder}/good\nauth-retry nointeract");
        await rig.Connected(client, times: 2);
        Assert.True(client.HasSaid("AUTH_FAILED,SESSION: token expired"), client.Log);
        // The script never sees a token.
        Assert.All(File.ReadAllLines(Path.Combine(rig.Folder, "passwords")), p => Assert.Equal("secret", p));
    }

    [Fact]
    public async Task Token_WithExternalAuth_IsShownToTheScriptWithItsState()
    {
        await using ServerRig rig = ServerRig.Start(
            "keepalive 1 60\nauth-gen-token 600 30 external-auth\nreneg-sec 3\nscript-security 2\nauth-user-pass-verify ./verify.sh via-file",
            ("verify.sh", "#!/bin/sh\necho \"$session_state $session_id\" >> states\n"), ("good", "bob\nsecret\n"));
        string file = Path.Combine(rig.Folder, "states");
        RealOpenVpn client = await rig.ConnectAsync(rig.AddEnd(), lines: $"auth-user-pass {rig.Folder}/good");
        await rig.Holds(() => File.ReadAllText(file).Contains("Authenticated", StringComparison.Ordinal), "asked again", client);
        string[][] states = [.. File.ReadAllLines(file).Select(l => l.Split(' '))];
        Assert.Equal("Initial", states[0][0]);
        Assert.Equal(16, states[0][1].Length);
        Assert.Equal(states[0][1], states[1][1]);
    }
}
