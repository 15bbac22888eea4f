// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Testing;

namespace Tunbridge.Tests.DropIns;

/// <summary>The built program itself, called in each of the ways that mean a drop-in.</summary>
public sealed class PersonalityTests
{
    [Theory]
    [InlineData("tunctl", "-t tap5 -u 1000")]
    [InlineData("tunctl", "-b")]
    [InlineData("tunctl", "-z")]
    [InlineData("tunctl", "--help")]
    [InlineData("tunctl", "-f /nonexistent")]
    [InlineData("ifconfig", "lo")]
    [InlineData("ifconfig", "-a -s")]
    [InlineData("ifconfig", "lo mtu 1500")]
    [InlineData("ifconfig", "lo mtu 1")]
    [InlineData("ifconfig", "nosuch up")]
    [InlineData("ifconfig", "--help")]
    [InlineData("ifconfig", "--version")]
    [InlineData("ifconfig", "lo hw")]
    public void Program_CalledByWordOrSymlink_IsTheOriginal(string program, string words)
    {
        RealTool.Require(program);
        string[] args = words.Split(' ');
        using TestNamespace real = new(), byWord = new(), byLink = new();
        DirectoryInfo directory = Directory.CreateTempSubdirectory("tunbridge-");
        try
        {
            string link = Path.Combine(directory.FullName, program);
            File.CreateSymbolicLink(link, Pair.OurProgram);

            CommandResult expected = real.Exec(program, args);

            Assert.Equal(expected, byWord.Exec(Pair.OurProgram, [program, .. args]));
            // tunctl's usage text repeats the name as typed.
            CommandResult linked = byLink.Exec(link, args);
            Assert.Equal(expected, linked with { Error = linked.Error.Replace(link, program, StringComparison.Ordinal) });
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("tunctl -d nosuch", "Set 'nosuch' nonpersistent", "there was no 'nosuch'")]
    [InlineData("tunctl -t averylongnamethatiscut", "Set 'averylongnameth' persistent", "longer than 15 bytes")]
    [InlineData("ifconfig lo 127.0.0.1/32", "", "/32 sets the netmask 0.0.0.0")]
    [InlineData("ifconfig lo del 127.0.0.9", "", "adds one when asked to delete it")]
    public void Program_QuirkOnATerminal_Warns(string words, string output, string warning)
    {
        using TestNamespace ns = new();

        CommandResult result = TypedTerminal.Exec(ns, Pair.OurProgram, words.Split(' '));

        Assert.Equal(0, result.ExitCode);
        Assert.Contains(output, result.Output, StringComparison.Ordinal);
        Assert.Contains("tunbridge: warning: ", result.Output, StringComparison.Ordinal);
        Assert.Contains(warning, result.Output, StringComparison.Ordinal);
    }

    /// <summary>Every hardware type a TUN can be given, shown by both programs in one namespace.</summary>
    [Fact]
    public void Ifconfig_EveryLinkType_IsShownAsTheOriginalShowsIt()
    {
        RealTool.Require("ifconfig");
        using TestNamespace ns = new();
        using FileDescriptor tun = ns.Run(() => TunControl.Open());
        Errno made = TunControl.TrySetInterface(tun, "tunl0", TunFlags.Tun | TunFlags.NoPacketInformation, out _);
        Assert.Equal(Errno.None, made);
        ushort[] types =
        [
            0, 1, 7, 15, 27, 32, 256, 257, 264, 270, 512, 513, 516, 519, 768, 769, 770, 772, 774, 776, 778, 780, 801, 823,
            65534,
        ];
        foreach (ushort type in types)
        {
            Assert.Equal(Errno.None, TunControl.TrySetLinkType(tun, type));
            string expected = ns.Exec("ifconfig", "tunl0").Output;
            using StringWriter output = new(), error = new();

            int code = ns.Run(() => Tunbridge.DropIns.IfconfigCommand.Run("ifconfig", ["tunl0"], output, error));

            // Type 778 leaves bytes of the kernel's stack in the answer, which differ from call to call.
            if (type != 778)
                Assert.Equal($"{type}\n{expected}", $"{type}\n{output}");
            Assert.Equal(0, code);
        }
    }
}
