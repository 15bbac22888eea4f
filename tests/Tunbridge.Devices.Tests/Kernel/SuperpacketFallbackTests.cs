// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Tunbridge.Packets;
using Tunbridge.Testing;

namespace Tunbridge.Devices.Tests.Kernel;

/// <summary>What becomes of superpackets where the kernel does not take them, played by strace.</summary>
/// <remarks>Each probe writes three TCP superpackets of three segments: one by writev(2), two in a batch by write(2).</remarks>
public sealed class SuperpacketFallbackTests : DeviceTest
{
    // Read by the probe's opening (write), which tries four superpackets, before it writes its own.
    private const int ProbeWrites = 4;

    /// <summary>Header sizes, layers and packet information: each has a probe of its own shape.</summary>
    public static TheoryData<int, bool, bool> Formats => new()
    {
        { 10, false, false }, { 12, false, false }, { 20, false, true }, { 24, false, false },
        { 10, true, false }, { 12, true, true }, { 20, true, false }, { 24, true, false },
    };

    [Theory]
    [MemberData(nameof(Formats))]
    public void NewCard_IsFoundToTakeEveryKind_AndIsSentNothing(int headerSize, bool isTap, bool information)
    {
        DeviceOptions options = new() { VirtioHeader = true, VirtioHeaderSize = headerSize, PacketInformation = information };
        using VirtualDevice card = isTap ? Tap("t0", options) : Tun("t0", options);
        Assert.All([GsoKind.TcpV4, GsoKind.TcpV6, GsoKind.UdpL4], k => Assert.True(card.Superpackets.Takes(k)));
        // What was tried was dropped before anybody saw it.
        Assert.Matches(@"RX:[^\n]*\n +0 +0 ", Ns.Ip("-s link show t0"));
    }

    [Fact]
    public void KernelTakesSuperpackets_AllGoWhole()
    {
        Assert.Equal(
            ["ok", "ok", "takes True True", "Written", "2", "takes True True", "cut 0, refused 0, events 0"], Probe());
    }

    [Fact]
    public void KernelRefusesOneLater_ThatKindIsCutFromThenOn_AndSaysSoOnce()
    {
        RealTool.Require("strace");
        Assert.Equal(
            ["ok", "ok", "takes True True", "Written", "2", "takes False True", "cut 3, refused 0, events 1"],
            Probe("-e", "inject=writev:error=EINVAL:when=1"));
    }

    [Fact]
    public void KernelRefusesOneInABatch_ThatKindIsCutFromThenOn()
    {
        RealTool.Require("strace");
        Assert.Equal(
            ["ok", "ok", "takes True True", "Written", "2", "takes False True", "cut 2, refused 0, events 1"],
            Probe("-e", $"inject=write:error=EINVAL:when={ProbeWrites + 1}"));
    }

    [Fact]
    public void KernelRefusesAtOpen_TheKindsAreCutFromTheStart()
    {
        RealTool.Require("strace");
        Assert.Equal(
            ["ok", "ok", "takes False False", "Written", "2", "takes False False", "cut 3, refused 0, events 0"],
            Probe("-e", $"inject=write:error=EINVAL:when=1..{ProbeWrites}"));
    }

    [Fact]
    public void KernelRefusesEverything_NothingIsLearnt()
    {
        RealTool.Require("strace");
        Assert.Equal(
            ["ok", "ok", "takes True True", "Malformed", "0", "takes True True", "cut 0, refused 3, events 0"],
            Probe("-e", "inject=writev:error=EINVAL", "-e", $"inject=write:error=EINVAL:when={ProbeWrites + 1}+"));
    }

    [Fact]
    public void Switch_InTheEnvironment_CutsAllAndReadsNone()
    {
        Assert.Equal(
            ["ok", "ok", "takes False False", "Written", "2", "takes False False", "cut 3, refused 0, events 0"],
            Lines(Ns.Start("env", ["TUNBRIDGE_NO_GSO=1", .. Command])));
    }

    [Fact]
    public void DescriptionThatDoesNotFit_TellsNothingOfTheKernel()
    {
        using TunDevice tun = UpTun(new() { VirtioHeader = true });
        byte[] packet = Samples.IPv4(1540);
        packet[9] = 6;
        packet[32] = 0x50;
        GsoInfo gso = new() { Kind = GsoKind.TcpV4, NeedsChecksum = true, HeaderLength = 40, SegmentSize = 500, ChecksumStart = 20, ChecksumOffset = 16 };
        foreach (GsoInfo bad in (GsoInfo[])[gso with { HeaderLength = 9000 }, gso with { SegmentSize = ushort.MaxValue }, gso with { ChecksumOffset = 9000 }])
        {
            Assert.Equal(PacketWriteStatus.Malformed, tun.TryWrite(packet, bad));
            Assert.True(tun.Superpackets.Takes(GsoKind.TcpV4));
        }

        Assert.Equal(0, tun.Superpackets.CutCount);
    }

    [Fact]
    public void UdpWithTheMarkOfTcp_TellsNothingOfTheKernel()
    {
        using TunDevice tun = UpTun(new() { VirtioHeader = true });
        byte[] packet = Samples.Udp("10.9.0.2", "10.9.0.1", 77, new byte[1500]);
        GsoInfo gso = new() { Kind = GsoKind.UdpL4, NeedsChecksum = true, HeaderLength = 28, SegmentSize = 500, ChecksumStart = 20, ChecksumOffset = 6 };

        Assert.Equal(PacketWriteStatus.Written, tun.TryWrite(packet, gso));
        Assert.Equal(PacketWriteStatus.Malformed, tun.TryWrite(packet, gso with { HasEcn = true }));
        Assert.True(tun.Superpackets.Takes(GsoKind.UdpL4));
    }

    [Fact]
    public void WellFormedSuperpackets_OfEveryShape_TurnNothingOff()
    {
        // Tags, options, extension headers, odd sizes: what a stranger may send must not cost everybody the kernel's help.
        using TapDevice tap = UpTap(new() { VirtioHeader = true });
        using TunDevice tun = Tun("t1", new() { VirtioHeader = true });
        Up("t1");
        Random random = new(4);
        for (int round = 0; round < 3000; round++)
        {
            bool isFrame = random.Next(2) == 0;
            byte[] packet = RandomSuperpacket.Make(random, isFrame, out GsoInfo gso);
            PacketWriteStatus status = isFrame ? tap.TryWrite(packet, gso) : tun.TryWrite(packet, gso);
            Assert.True(
                tap.Superpackets.Takes(gso.Kind) && tun.Superpackets.Takes(gso.Kind),
                $"round {round}: {status}, {gso}, {Convert.ToHexString(packet.AsSpan(0, Math.Min(packet.Length, 120)))}");
        }
    }

    private static string[] Command =>
    [
        "dotnet",
        Path.Combine(AppContext.BaseDirectory.Replace("Tunbridge.Devices.Tests", "Tunbridge.Probe", StringComparison.Ordinal), "Tunbridge.Probe.dll"),
        "create", "tun", "t0", "/dev/net/tun", "up", "superpackets",
    ];

    private string[] Probe(params string[] inject)
    {
        if (inject.Length == 0)
            return Lines(Ns.Start(Command[0], Command[1..]));
        return Lines(Ns.Start("strace", ["-f", "-qq", "-o", "/dev/null", "-P", "/dev/net/tun", .. inject, .. Command]));
    }

    private static string[] Lines(Process process)
    {
        using (process)
        {
            Task<string> errors = process.StandardError.ReadToEndAsync(Token);
            string[] lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
            process.WaitForExit();
            Assert.Equal("", errors.GetAwaiter().GetResult());
            return lines;
        }
    }
}
