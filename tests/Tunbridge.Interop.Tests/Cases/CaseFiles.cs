// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Interop.Tests.Peers;
using Tunbridge.Testing;

namespace Tunbridge.Interop.Tests.Cases;

/// <summary>The files of a case: the same for whichever program plays a part.</summary>
internal static class CaseFiles
{
    internal const string User = "alice", Password = "pass-open-sesame-word";

    /// <summary>The server's addresses inside the tunnel.</summary>
    internal const string Inner4 = "10.8.0.1", Inner6 = "fd00:8::1";

    /// <summary>How often the server's script was asked for a login.</summary>
    internal static int Logins(TwoHosts hosts) => File.Exists(hosts.At("logins")) ? File.ReadAllLines(hosts.At("logins")).Length : 0;

    /// <summary>Writes server.conf, client.ovpn and what they name.</summary>
    internal static void Write(TwoHosts hosts, InteropCase @case, string moreServer = "", string moreClient = "", int remotePort = 1194)
    {
        hosts.Write("login", $"{User}\n{Password}\n");
        hosts.Write("check", $"#!/bin/sh\necho login >> '{hosts.At("logins")}'\n[ \"$(cat \"$1\")\" = \"$(cat '{hosts.At("login")}')\" ]\n", isProgram: true);
        hosts.Write("server.conf", $"{Server(hosts, @case)}{Common(@case)}{WrapKeys.Lines(@case.Wrap, isServer: true)}{moreServer}");
        hosts.Write("client.ovpn", $"{Client(hosts, @case, remotePort)}{Common(@case)}{WrapKeys.Lines(@case.Wrap, isServer: false)}{moreClient}");
    }

    private static string Server(TwoHosts hosts, InteropCase @case) => $"""
        port 1194
        proto {@case.Protocol}{(@case.IsTcp ? "-server" : "")}
        dh none
        {(@case.IsTap ? "" : $"topology {@case.Layout}")}
        server 10.8.0.0 255.255.255.0
        server-ipv6 fd00:8::/64
        keepalive 5 30
        {(@case.HasPassword ? $"script-security 2\nauth-user-pass-verify {hosts.At("check")} via-file" : "")}
        {(@case.HasCertificate ? "" : "verify-client-cert none\nusername-as-common-name")}
        {TestAuthority.Shared.Blocks("server")}

        """;

    private static string Client(TwoHosts hosts, InteropCase @case, int remotePort) => $"""
        client
        proto {@case.Protocol}{(@case.IsTcp ? "-client" : "")}
        remote {(@case.IsV6 ? TwoHosts.Server6 : TwoHosts.Server4)} {remotePort}
        nobind
        remote-cert-tls server
        connect-retry 1 2
        {(@case.IsTcp ? "" : "explicit-exit-notify 1")}
        {(@case.HasPassword ? $"auth-user-pass {hosts.At("login")}" : "")}
        {(@case.HasCertificate ? TestAuthority.Shared.Blocks("client1") : $"<ca>\n{TestAuthority.Shared.Certificate}\n</ca>")}

        """;

    private static string Common(InteropCase @case) => $"""
        dev {(@case.IsTap ? "tap" : "tun")}
        data-ciphers {@case.Cipher}
        tls-version-min {@case.TlsVersion}
        {(@case.TlsVersion == "1.2" ? "tls-version-max 1.2" : "")}

        """;
}
