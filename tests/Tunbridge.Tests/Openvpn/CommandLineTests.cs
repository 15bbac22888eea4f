// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text.RegularExpressions;
using Tunbridge.Testing;
using Tunbridge.Tests.Commands;

namespace Tunbridge.Tests.Openvpn;

/// <summary>openvpn's command line without a tunnel: mistakes, keys, cards, what it tells of itself; beside the real program where that is installed.</summary>
public sealed partial class CommandLineTests
{
    [Fact]
    public void Version_FirstLine_HasTheVersionWhereScriptsTakeIt()
    {
        CommandResult result = CommandResult.Of(Tool.Path, "openvpn", "--version");

        string[] lines = result.Output.Split('\n');
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(["OpenVPN", "2.6.14"], lines[0].Split(' ').Take(2));
        Assert.StartsWith("library versions: ", lines[1], StringComparison.Ordinal);
        Assert.Contains("is not made by the OpenVPN project", result.Output, StringComparison.Ordinal);
        // What comes behind it is not looked at.
        Assert.Equal(result.Output, CommandResult.Of(Tool.Path, "openvpn", "--version", "--bogus").Output);
    }

    [Theory]
    [InlineData("--bogus", "Options error: Unrecognized option or missing or extra parameter(s) in [CMD-LINE]:1: bogus (2.6.14)")]
    [InlineData("nosuch.conf", "Options error: In [CMD-LINE]:1: Error opening configuration file: nosuch.conf")]
    [InlineData("foo bar", "Options error: I'm trying to parse \"foo\" as an --option parameter but I don't see a leading '--'")]
    [InlineData("--client", "Options error: You must define TUN/TAP device (--dev)")]
    [InlineData("--mktun", "Options error: You must define TUN/TAP device (--dev)")]
    [InlineData("--genkey secret a b c d", "Options error: Unrecognized option or missing or extra parameter(s) in [CMD-LINE]:1: genkey (2.6.14)")]
    [InlineData("--genkey foo x", "Options error: unknown --genkey type: foo")]
    [InlineData(
        "--genkey tls-crypt-v2-client x",
        "Options error: --genkey tls-crypt-v2-client requires a server key to be set via --tls-crypt-v2 to create a client key")]
    [InlineData("--cd /nosuch --version", "Options error: cd to '/nosuch' failed: No such file or directory (errno=2)")]
    public void CommandLine_Wrong_IsToldInTheWordsOfTheOriginal(string words, string told)
    {
        CommandResult result = CommandResult.Of(Tool.Path, ["openvpn", .. words.Split(' ')]);

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith(told, result.Output, StringComparison.Ordinal);
        Assert.EndsWith("Use --help for more information.\n", result.Output, StringComparison.Ordinal);
        Assert.Equal("", result.Error);
    }

    /// <summary>All that is missing at once, and before a card is made; a log's place that is missing keeps nobody from his tunnel.</summary>
    [Fact]
    public void Files_Missing_AreToldAllAtOnceAsByTheOriginal()
    {
        string[] words =
        [
            "--suppress-timestamps", "--dev", "tun", "--client", "--remote", "192.0.2.9", "--nobind", "--ca", "/nosuch/ca", "--crl-verify", "/nosuch/crl",
            "--writepid", "/nosuch/pid", "--status", "/nosuch/status", "--auth-user-pass", "/nosuch/up",
        ];
        string[] missing = ["ca", "crl", "pid", "status", "up"];

        CommandResult ours = CommandResult.Of(Tool.Path, ["openvpn", .. words]);

        Assert.Equal(1, ours.ExitCode);
        Assert.EndsWith("Options error: Please correct these errors.\nUse --help for more information.\n", ours.Output, StringComparison.Ordinal);
        Assert.Equal(missing.Order(), Missing(ours.Output));
        CommandResult log = CommandResult.Of(Tool.Path, "openvpn", "--suppress-timestamps", "--log", "/nosuch/log", "--version");
        Assert.StartsWith(
            "Warning: Error redirecting stdout/stderr to --log file: /nosuch/log: No such file or directory (errno=2)\n", log.Output, StringComparison.Ordinal);
        Assert.Equal(0, log.ExitCode);
        CommandResult script = CommandResult.Of(Tool.Path, "openvpn", "--dev", "tun", "--client", "--remote", "192.0.2.9", "--up", "/nosuch/up 1");
        Assert.StartsWith("Options error: --up script fails with '/nosuch/up': No such file or directory (errno=2)\n", script.Output, StringComparison.Ordinal);
        RealTool.Require("openvpn");
        Assert.Equal(missing.Order(), Missing(CommandResult.Of("openvpn", words).Output));

        static IEnumerable<string> Missing(string output) =>
            FailingFile().Matches(output).Select(m => m.Groups[1].Value).Order();
    }

    [Fact]
    public void ConfigurationFile_Mistake_IsToldWithItsLineAndNothingElse()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("tbopenvpn");
        try
        {
            string file = Path.Combine(folder.FullName, "b.conf");
            File.WriteAllText(file, "client\ndev tun\nbogus 1 2\n");

            CommandResult result = CommandResult.Of(Tool.Path, "openvpn", file);

            Assert.Equal(1, result.ExitCode);
            Assert.Equal(
                $"Options error: Unrecognized option or missing or extra parameter(s) in {file}:3: bogus (2.6.14)\nUse --help for more information.\n",
                result.Output);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("secret", "#\n# 2048 bit OpenVPN static key\n#\n-----BEGIN OpenVPN Static key V1-----\n", 21)]
    [InlineData("tls-crypt-v2-server", "-----BEGIN OpenVPN tls-crypt-v2 server key-----\n", 5)]
    [InlineData("auth-token", "-----BEGIN OpenVPN auth-token server key-----\n", 5)]
    public void Genkey_IntoAFile_IsForItsOwnerAloneAndOfTheForm(string kind, string begin, int lines)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("tbopenvpn");
        try
        {
            string file = Path.Combine(folder.FullName, "key");

            CommandResult result = CommandResult.Of(Tool.Path, "openvpn", "--genkey", kind, file);

            string text = File.ReadAllText(file);
            Assert.Equal((0, "", ""), (result.ExitCode, result.Output, result.Error));
            Assert.StartsWith(begin, text, StringComparison.Ordinal);
            Assert.Equal(lines, text.Count(c => c == '\n'));
            if (OperatingSystem.IsLinux())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            // Another one each time.
            CommandResult other = CommandResult.Of(Tool.Path, "openvpn", "--genkey", kind);
            Assert.StartsWith(begin, other.Output, StringComparison.Ordinal);
            Assert.NotEqual(text, other.Output[..^1]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Genkey_ServerKey_WrapsForTheRealProgramAndTheOtherWay()
    {
        RealTool.Require("openvpn");
        DirectoryInfo folder = Directory.CreateTempSubdirectory("tbopenvpn");
        try
        {
            string ours = Path.Combine(folder.FullName, "ours"), theirs = Path.Combine(folder.FullName, "theirs");
            Assert.Equal(0, CommandResult.Of(Tool.Path, "openvpn", "--genkey", "tls-crypt-v2-server", ours).ExitCode);
            Assert.Equal(0, CommandResult.Of("openvpn", "--genkey", "tls-crypt-v2-server", theirs).ExitCode);

            CommandResult byTheirs = CommandResult.Of("openvpn", "--tls-crypt-v2", ours, "--genkey", "tls-crypt-v2-client");
            CommandResult byOurs = CommandResult.Of(Tool.Path, "openvpn", "--tls-crypt-v2", theirs, "--genkey", "tls-crypt-v2-client");

            Assert.Equal((0, 0), (byTheirs.ExitCode, byOurs.ExitCode));
            Assert.Equal(byTheirs.Output.Length, byOurs.Output.Length);
            Assert.Equal(byTheirs.Output.Split('\n')[0], byOurs.Output.Split('\n')[0]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Genkey_AuthUser_MakesALineThatTheServerTakes()
    {
        using Process program = CommandResult.Start(Tool.Path, "openvpn", "--genkey", "auth-user", "alice");
        await program.StandardInput.WriteLineAsync("open-sesame");
        program.StandardInput.Close();
        string line = await program.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await program.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, program.ExitCode);
        Assert.Matches(@"^alice:\$pbkdf2-sha512\$210000\$[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+\n$", line);
        CommandResult none = CommandResult.Of(Tool.Path, "openvpn", "--genkey", "auth-user", "a:b");
        Assert.Equal(1, none.ExitCode);
        Assert.StartsWith("Options error: --genkey auth-user: ", none.Output, StringComparison.Ordinal);
    }

    public static TheoryData<string> CardLines =>
    [
        "--mktun --dev tap9", "--mktun --dev tun9 --user nobody --group nogroup", "--mktun --dev tun", "--mktun --dev foo",
        "--mktun --dev foo --dev-type tap", "--mktun --dev tun9 --user nosuch", "--mktun --dev tun9 --group nosuch",
        "--mktun --dev tap8 --dev-node /dev/nosuch", "--rmtun --dev tap9", "--rmtun --dev tap9 --suppress-timestamps", "--rmtun --dev tun",
        "--rmtun", "--mktun --rmtun --dev tun4", "--mktun --dev null", "--mktun --dev tun3 --cipher X", "--mktun --dev tun3 --verb 0",
        "--mktun --dev aaaaaaaaaaaaaaaaaaaaaaaaa --dev-type tun", "--mktun --dev tap7 --lladdr 02:00:5e:00:00:01", "--mktun --dev tun2 --txqueuelen 77",
        "--mktun --dev tun1 --multi",
    ];

    [Theory]
    [MemberData(nameof(CardLines))]
    public void Cards_SameCommandLine_SameWordsAndCards(string words)
    {
        RealTool.Require("openvpn");
        using TestNamespace ours = new(), theirs = new();

        CommandResult expected = theirs.Exec("openvpn", words.Split(' '));
        CommandResult result = ours.Exec(Tool.Path, ["openvpn", .. words.Split(' ')]);

        Assert.Equal((expected.ExitCode, Untimed(expected.Output), expected.Error), (result.ExitCode, Untimed(result.Output), result.Error));
        Assert.Equal(Cards(theirs), Cards(ours));
    }

    [Fact]
    public void Mktun_WithLog_WritesThereAndNothingElsewhere()
    {
        using TestNamespace space = new();
        string log = Path.Combine(Path.GetTempPath(), $"tbopenvpn-{Guid.NewGuid():n}.log");
        try
        {
            CommandResult result = space.Exec(Tool.Path, "openvpn", "--mktun", "--dev", "tun2", "--log", log, "--suppress-timestamps");

            Assert.Equal((0, "", ""), (result.ExitCode, result.Output, result.Error));
            Assert.EndsWith("TUN/TAP device tun2 opened\nPersist state set to: ON\n", File.ReadAllText(log), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(log);
        }
    }

    [Theory]
    [InlineData("--show-ciphers", "AES-256-GCM  (256 bit key, 128 bit block, TLS client/server mode only)")]
    [InlineData("--show-digests", "SHA256 256 bit digest size")]
    [InlineData("--show-tls", "TLS_AES_256_GCM_SHA384")]
    public void Listing_Line_IsOneOfTheOriginals(string option, string line)
    {
        RealTool.Require("openvpn");

        CommandResult result = CommandResult.Of(Tool.Path, "openvpn", option);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains($"\n{line}\n", result.Output, StringComparison.Ordinal);
        Assert.Contains($"\n{line}\n", CommandResult.Of("openvpn", option).Output, StringComparison.Ordinal);
    }

    private static string Untimed(string output) => Time().Replace(output, "TIME ");

    private static string Cards(TestNamespace space) => Wandering().Replace(space.Ip("-d link show"), "");

    [GeneratedRegex(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d ", RegexOptions.Multiline)]
    private static partial Regex Time();

    [GeneratedRegex(@" fails with '/nosuch/(\w+)': No such file or directory \(errno=2\)")]
    private static partial Regex FailingFile();

    // Random MAC addresses, and indexes.
    [GeneratedRegex(@"link/ether (?!02:00:5e)\S+|^\d+: ", RegexOptions.Multiline)]
    private static partial Regex Wandering();
}
