// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Testing;

namespace Tunbridge.Tests.Commands;

/// <summary>Namespaces with names, as `ip netns` makes them: each is one place, whatever leads to it.</summary>
public sealed class NamedNamespaceTests
{
    // A program that waits for its own lock would never end.
    private static readonly string s_patience = $"{Generous.Patience.TotalSeconds}";

    [Fact]
    public void UpTwice_InsideOfANamedNamespace_ChangesNothing() => WithName((_, named, _) =>
    {
        using ConfigurationText file = new("devices: {tap0: {kind: tap, addresses: [10.9.0.1/24]}}");

        AssertSettled(line => named.Run(() => Run(line)), $"-f {file.Path}");
    });

    [Fact]
    public void UpTwice_WithNetns_ChangesNothing() => WithName((name, _, home) =>
    {
        using ConfigurationText file = new("devices: {tap0: {kind: tap, addresses: [10.9.0.1/24]}}");

        AssertSettled(home, $"-f {file.Path} --netns {name}");
    });

    [Fact]
    public void UpTwice_OneNamespaceWrittenInTwoWays_ChangesNothing() => WithName((name, _, home) =>
    {
        using ConfigurationText file = new(
            $"devices: {{tap0: {{kind: tap, netns: {name}}}, tap1: {{kind: tap, netns: /run/netns/{name}}}}}");

        AssertSettled(home, $"-f {file.Path}");
    });

    [Fact]
    public void Up_CardNoLongerDeclared_GoesFromItsNamedNamespace() => WithName((name, _, home) =>
    {
        using ConfigurationText before = new($"devices: {{tap0: {{kind: tap, netns: {name}}}}}"), after = new("devices: {}");
        Assert.Equal(0, home($"up -f {before.Path} --name left-over-{name}").ExitCode);

        CommandResult gone = home($"up -f {after.Path} --name left-over-{name}");

        Assert.Equal((0, "delete tap0\n"), (gone.ExitCode, gone.Output));
    });

    /// <summary>After up, a second run finds all as declared, and down takes it away.</summary>
    private static void AssertSettled(Func<string, CommandResult> run, string file)
    {
        CommandResult first = run($"up {file}");
        Assert.True(first.ExitCode == 0, first.Error);
        CommandResult again = run($"up {file}"), status = run($"status {file}"), down = run($"down {file}"), over = run($"down {file}");
        Assert.Equal((0, "nothing to do\n"), (again.ExitCode, again.Output));
        Assert.True(status.ExitCode == 0, status.Output);
        Assert.Contains("delete", down.Output, StringComparison.Ordinal);
        Assert.Equal((0, "nothing to do\n"), (over.ExitCode, over.Output));
    }

    private static CommandResult Run(string line) => CommandResult.Of("timeout", [s_patience, Tool.Path, .. Tool.Words(line)]);

    private static void WithName(Action<string, NetworkNamespace, Func<string, CommandResult>> test)
    {
        RealRoot.Require();
        using TestNamespace home = new();
        string name = $"tb-named-{Guid.NewGuid():N}"[..24];
        using NetworkNamespace made = NetworkNamespace.CreateNamed(name);
        try
        {
            test(name, made, line => home.Run(() => Run(line)));
        }
        finally
        {
            NetworkNamespace.DeleteNamed(name);
        }
    }
}
