// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Devices.Tests;

/// <summary>
/// Frames that a Linux kernel and iputils' ping sent from 02:00:00:00:00:01 (192.168.0.1, fd00::1), recorded by tcpdump
/// on an Ethernet card; and what 02:00:00:00:00:02 (192.168.0.2, fd00::2) has to answer, worked out by hand.
/// </summary>
internal static class Requests
{
    /// <summary>Bytes of the Ethernet header, without which these are packets of a TUN.</summary>
    internal const int LinkSize = 14;

    internal const string There = "020000000002 020000000001 ";
    internal const string Back = "020000000001 020000000002 ";

    internal const string Arp = "ffffffffffff 020000000001 0806" +
        "0001 0800 06 04 0001 020000000001 c0a80001 000000000000 c0a80002";

    internal const string ArpReply = Back + "0806" +
        "0001 0800 06 04 0002 020000000002 c0a80002 020000000001 c0a80001";

    internal const string Solicitation = "3333ff000002 020000000001 86dd 60000000 0020 3a ff" +
        "fd000000000000000000000000000001 ff0200000000000000000001ff000002" +
        "87 00 7d97 00000000 fd000000000000000000000000000002 0101 020000000001";

    internal const string Advertisement = Back + "86dd 60000000 0020 3a ff" +
        "fd000000000000000000000000000002 fd000000000000000000000000000001" +
        "88 00 1c9a 60000000 fd000000000000000000000000000002 0201 020000000002";

    internal const string Ping4 = There + "0800 4500 0020 f47e 4000 40 01 c50a c0a80001 c0a80002 08 00 eaec 6144 0001 abcd0000";
    internal const string Pong4 = Back + "0800 4500 0020 f47e 4000 40 01 c50a c0a80002 c0a80001 00 00 f2ec 6144 0001 abcd0000";

    internal const string Ping6 = There + "86dd 600c1d46 000c 3a 40" +
        "fd000000000000000000000000000001 fd000000000000000000000000000002 80 00 789a 614b 0001 abcd0000";

    internal const string Pong6 = Back + "86dd 600c1d46 000c 3a 40" +
        "fd000000000000000000000000000002 fd000000000000000000000000000001 81 00 779a 614b 0001 abcd0000";

    internal const string Udp4 = There + "0800 4500 001e f915 4000 40 11 c065 c0a80001 c0a80002 ecaa 0007 000a 296b 6869";
    internal const string UdpEcho4 = Back + "0800 4500 001e f915 4000 40 11 c065 c0a80002 c0a80001 0007 ecaa 000a 296b 6869";

    internal const string Udp6 = There + "86dd 60009b46 000a 11 40" +
        "fd000000000000000000000000000001 fd000000000000000000000000000002 d643 0007 000a c721 6869";

    internal const string UdpEcho6 = Back + "86dd 60009b46 000a 11 40" +
        "fd000000000000000000000000000002 fd000000000000000000000000000001 0007 d643 000a c721 6869";

    /// <summary>ping -b 192.168.0.255.</summary>
    internal const string BroadcastPing = "ffffffffffff 020000000001 0800" +
        "4500 0020 0000 4000 40 01 b88c c0a80001 c0a800ff 08 00 94ab 614f 0001 00010203";

    /// <summary>ping ff02::1.</summary>
    internal const string MulticastPing = "333300000001 020000000001 86dd 600fafcd 000c 3a 01" +
        "fd000000000000000000000000000001 ff020000000000000000000000000001 80 00 205e 6150 0001 00010203";

    /// <summary>What a host says when it joins a group.</summary>
    internal const string MulticastReport = "333300000016 020000000001 86dd 60000000 0024 00 01" +
        "00000000000000000000000000000000 ff020000000000000000000000000016 3a 00 0502 0000 0100" +
        "8f00 6f89 0000 0001 04000000 ff0200000000000000000001ff000001";

    internal static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
}
