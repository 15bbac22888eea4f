// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Testing;

namespace Tunbridge.Tests.Commands;

/// <summary>Wrong input: one line that says what is wrong and what is allowed, exit 2, nothing changed.</summary>
public sealed class WrongInputTests
{
    /// <summary>A command line (| between arguments) and what the line of error has to say.</summary>
    public static TheoryData<string, string[]> Cases => new()
    {
        // Names.
        { "add|tap0123456789012", ["16 bytes", "at most 15"] },
        { "add|täp012345678901", ["16 bytes", "at most 15"] },
        { "add|tap/0", ["'/'", "without"] },
        { "add|tap:0", ["':'", "without"] },
        { "add|tap 0", ["a blank", "without"] },
        { "add|tap%d%d", ["'%'", "allowed"] },
        { "add|tap%x", ["'%'", "allowed"] },
        { "add|", ["empty", "1 to 15"] },
        { "add|..|--kind|tap", ["'..'", "refuses"] },
        { "add|vm0", ["vm0", "--kind tun", "--kind tap"] },
        { "show|tap0123456789012", ["16 bytes", "at most 15"] },
        { "show|", ["empty", "1 to 15"] },
        { "set|tap/0|--up", ["'/'", "without"] },
        { "delete|mine|tap/0", ["'/'", "without"] },
        { "capture|a\nb", ["without"] },
        { "add|a\nb|--kind|tap", ["a control character"] },
        // Addresses.
        { "add|tap9|--address|10.0.0.1", ["'10.0.0.1'", "192.168.0.1/24"] },
        { "add|tap9|--address|10.0.0.1/33", ["'10.0.0.1/33'", "192.168.0.1/24"] },
        { "add|tap9|--address|10.0.0.256/24", ["'10.0.0.256/24'"] },
        { "add|tap9|--address|fd00::1/129", ["'fd00::1/129'"] },
        { "add|tap9|--address|10.0.0.1/0", ["0", "1 to 32"] },
        { "add|tap9|--address|224.0.0.1/24", ["multicast", "192.168.0.1/24"] },
        { "add|tap9|--address|ff02::1/64", ["multicast"] },
        { "add|tap9|--address|0.0.0.0/8", ["unspecified"] },
        { "add|tap9|--address|", ["''", "192.168.0.1/24"] },
        { "add|tap9|-a|10.0.0.1/24|-a|x", ["'x'", "192.168.0.1/24"] },
        { "set|mine|--address|10.0.0.1/24x", ["'10.0.0.1/24x'"] },
        { "set|mine|--remove-address|y", ["'y'", "192.168.0.1/24"] },
        // MAC, MTU, queue length.
        { "add|tap9|--mac|02:00:00:00:00", ["six pairs"] },
        { "add|tap9|--mac|zz:00:00:00:00:01", ["six pairs"] },
        { "add|tap9|--mac|01:00:5e:00:00:01", ["multicast", "odd first byte"] },
        { "add|tap9|--mac|00:00:00:00:00:00", ["zero"] },
        { "add|tun9|--mac|02:00:00:00:00:01", ["TUN", "no MAC"] },
        { "add|tap9|--mtu|67", ["67", "68 to 65521"] },
        { "add|tap9|--mtu|65522", ["65522", "68 to 65521"] },
        { "add|tun9|--mtu|65536", ["65536", "68 to 65535"] },
        { "add|tap9|--mtu|-1", ["whole number", "'-1'"] },
        { "add|tap9|--mtu|1e3", ["whole number", "'1e3'"] },
        { "add|tap9|--mtu|99999999999", ["'99999999999'"] },
        { "set|mine|--mtu|65522", ["65522", "68 to 65521"] },
        { "set|mine|--mtu|12", ["12", "68 to"] },
        { "add|tap9|--txqueuelen|-5", ["--txqueuelen", "whole number"] },
        // Users and groups.
        { "add|tap9|--owner|no-such-user", ["user 'no-such-user'", "number"] },
        { "add|tap9|--group|no-such-group", ["group 'no-such-group'", "number"] },
        { "add|tap9|--owner|4294967295", ["'4294967295'"] },
        { "add|tap9|--owner|-1", ["'-1'"] },
        { "add|tap9|--owner|", ["user ''"] },
        { "set|mine|--owner|no-such-user", ["user 'no-such-user'"] },
        // Bridges.
        { "add|tun9|--bridge|br0", ["TUN", "bridge"] },
        { "add|tap9|--bridge|", ["--bridge", "empty"] },
        { "set|mine|--bridge|", ["--bridge", "empty"] },
        // Options and arguments.
        { "", ["say what to do", "add, set, delete"] },
        { "lst", ["'lst'", "did you mean 'list'", "add, set, delete"] },
        { "remove|tap0", ["'remove'", "add, set, delete"] },
        { "add", ["NAME"] },
        { "show", ["NAME"] },
        { "delete", ["NAME"] },
        { "completion", ["SHELL", "bash, zsh or fish"] },
        { "completion|tcsh", ["'tcsh'", "bash", "fish"] },
        { "add|tap9|--kind|bogus", ["'bogus'", "tun", "tap"] },
        { "add|tap9|--kind", ["--kind", "tun|tap"] },
        { "add|tap9|--mtu", ["--mtu", "68 to 65521"] },
        { "add|tap9|--mtu|1400|--mtu|1500", ["--mtu", "2"] },
        { "add|tap9|tap10", ["'tap10'", "too many"] },
        { "add|tap9|--adress|10.0.0.1/24", ["'--adress'", "did you mean '--address'"] },
        { "add|--adress|10.0.0.1/24|tap9", ["'--adress'", "did you mean '--address'"] },
        { "add|tap9|-q", ["'-q'", "--owner"] },
        { "list|--jsn", ["'--jsn'", "did you mean '--json'"] },
        { "delete|mine|--frce", ["'--frce'", "did you mean '--force'"] },
        { "up|--dryrun", ["'--dryrun'", "did you mean '--dry-run'"] },
        { "status|--version", ["'--version'", "--json"] },
        { "list|--json=maybe", ["'maybe'"] },
        { "--json|list", ["'--json'", "--help"] },
        { "set|mine|--up|--down", ["--up", "--down", "exclude"] },
        { "set|mine|--promisc|--no-promisc", ["--promisc", "--no-promisc", "exclude"] },
        { "set|mine|--bridge|br0|--no-bridge", ["--bridge", "--no-bridge", "exclude"] },
        { "capture|mine|--count|0", ["--count", "from 1"] },
        { "capture|mine|--count|x", ["--count", "from 1"] },
        { "up|-f|", ["--file", "FILE"] },
        { "status|--name|", ["--name", "NAME"] },
        { "capture|mine|-w|", ["--write", "FILE"] },
        { "demo|-w|", ["--write", "FILE"] },
        { "list|--netns|", ["--netns", "a name, a path or a process id"] },
        { "add|tap9|--netns|", ["--netns", "a name, a path or a process id"] },
        { "up|--name|a b", ["'a b'", "letters"] },
        { "up|--name|cli", ["'cli'", "tunbridge add"] },
        { "up|nosuch", ["'nosuch'", "tap0"] },
        { "[suggest:x]", ["'[suggest:x]'", "commands are"] },
        { "@/etc/passwd", ["'@/etc/passwd'", "commands are"] },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void CommandLine_Wrong_IsOneLineAndChangesNothing(string line, string[] said)
    {
        using TestNamespace space = new();
        space.Must("add mine --kind tap");
        space.Ip("link add br0 type bridge");
        string before = space.Dump();

        CommandResult result = space.TunbridgeWith(line.Length == 0 ? [] : line.Split('|'));

        string error = result.AssertOneLine(2);
        Assert.All(said, s => Assert.Contains(s, error, StringComparison.Ordinal));
        Assert.Equal(before, space.Dump());
    }

    /// <summary>Command lines that are merely strange, or fail: never a stack trace, never more than one line of error.</summary>
    public static TheoryData<string> Nasty =>
    [
        "show|nosuch", "show|lo", "show|@nosuch", "delete|nosuch|nosuch", "delete|mine|nosuch", "set|nosuch|--up", "capture|nosuch",
        "list|--netns|nosuch", "list|--netns|999999999", "list|--netns|0", "list|--netns|-5", "list|--netns|/etc/passwd",
        "list|--netns|/nosuch/x", "list|--netns|..", "list|--netns|.", "list|--netns|99999999999999999999", "list|--netns|a\nb",
        "up|-f|/nosuch/file", "up|-f|/", "up|-f|/dev/null", "status|-f|/nosuch", "down|-f|/nosuch",
        "capture|mine|-w|/nosuch/dir/file", "capture|mine|-w|/", "demo|-w|/nosuch/dir/file", "demo|-w|/dev/null",
        "add|mine|--kind|tap", "add|br0|--kind|tap", "add|tap9|--bridge|nosuch", "add|tap9|--bridge|lo", "set|mine|--bridge|mine",
        "set|mine|--remove-address|10.99.0.1/24", "add|tap9|--txqueuelen|2147483647|--mtu|68|--address|fd00::1/64",
        "--|list", "list|--|x", "[diagram]|list", "[suggest]", "[suggest:99999999999]|x", "-", "--", "add|-", "show|-", "add|--|-x",
        "import|/tmp", "import|/nosuch", "import|/dev/zero", "import|/dev/null",
    ];

    [Theory]
    [MemberData(nameof(Nasty))]
    public void CommandLine_Nasty_FailsInOneLine(string line)
    {
        using TestNamespace space = new();
        space.Must("add mine --kind tap");
        space.Ip("link add br0 type bridge");
        string before = space.Dump();

        CommandResult result = space.TunbridgeWith(line.Split('|'));

        string error = result.AssertOneLine(result.ExitCode);
        Assert.Contains(result.ExitCode, (int[])[1, 2, 4, 6]);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        Assert.DoesNotContain("defect", error, StringComparison.Ordinal);
        Assert.Equal(before, space.Dump());
    }
}
