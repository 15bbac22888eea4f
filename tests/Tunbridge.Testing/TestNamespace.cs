// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Tunbridge.Linux;

namespace Tunbridge.Testing;

/// <summary>A network namespace of a test's own: nothing in it touches the host, and all of it goes with it.</summary>
public sealed class TestNamespace : IDisposable
{
    /// <summary>Makes one with lo up, or skips the test, visibly, where namespaces cannot be made.</summary>
    /// <param name="loopback">Whether lo is up.</param>
    public TestNamespace(bool loopback = true)
    {
        NetworkNamespace? made = null;
        string why = "";
        try
        {
            made = NetworkNamespace.Create();
        }
        catch (LinuxException e)
        {
            why = e.Message;
        }

        // CI may not skip: there, a missing privilege is a broken machine.
        if (made is null && Environment.GetEnvironmentVariable("TUNBRIDGE_REQUIRE_NETNS") == "1")
            Assert.Fail(why);
        Assert.SkipWhen(made is null, why);
        Namespace = made!;
        if (loopback)
            Ip("link set lo up");
    }

    public NetworkNamespace Namespace { get; }

    public T Run<T>(Func<T> action) => Namespace.Run(action);

    public void Run(Action action) => Namespace.Run(action);

    /// <summary>Runs a program inside and gives what it printed.</summary>
    public CommandResult Exec(string program, params IEnumerable<string> arguments) =>
        // A child inherits the namespace of the thread that starts it.
        Namespace.Run(() => CommandResult.Of(program, arguments));

    /// <summary>Starts a program inside, output redirected.</summary>
    public Process Start(string program, params IEnumerable<string> arguments) =>
        Namespace.Run(() => CommandResult.Start(program, arguments));

    /// <summary>Runs `ip` with words separated by blanks; fails the test when ip fails.</summary>
    public string Ip(string words)
    {
        CommandResult result = Exec("ip", words.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.True(result.ExitCode == 0, $"ip {words}: {result.Error}");
        return result.Output;
    }

    public void Dispose() => Namespace.Dispose();
}
