// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Runtime.InteropServices;
using Tunbridge.Commands;
using Tunbridge.Linux;

namespace Tunbridge.Demo;

/// <summary>tunbridge demo.</summary>
internal static class DemoCommand
{
    // The marker keeps a failing unshare from calling us for ever.
    private const string InnerMarker = "TUNBRIDGE_DEMO_INNER";

    internal static Command Create()
    {
        Option<string?> file = new("--write", "-w") { Description = "Where the capture goes (a new file)", HelpName = "FILE" };
        file.NotEmpty();
        Option<bool> json = RunOptions.Json();
        Command command = new("demo", "Show a card at work, in a network namespace of its own") { file, json };
        command.SetAction(parsed => Run(parsed.GetValue(file), parsed.GetValue(json)));
        return command.WithExamples(
            ("tunbridge demo", "the kernel pings a host that exists only in this program"),
            ("tunbridge demo -w demo.pcapng && tcpdump -n -r demo.pcapng", "and look at its packets again"));
    }

    private static int Run(string? file, bool json)
    {
        if (!ProcessIdentity.Has(Capability.SysAdmin))
            BecomeRootOfOwnNamespaces();
        using CancellationTokenSource stop = new();
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        return new Show(file ?? DefaultFile(), json).Run(stop.Token);

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }
    }

    // A user namespace can be entered by a process with one thread only, which the runtime never is: unshare(1) does it.
    private static void BecomeRootOfOwnNamespaces()
    {
        if (Environment.GetEnvironmentVariable(InnerMarker) is not null)
            throw new RefusedException("the demo needs CAP_SYS_ADMIN in its own namespaces and did not get it");
        Environment.SetEnvironmentVariable(InnerMarker, "1");
        Console.Error.WriteLine("not root: going on as root of a user namespace (unshare -Urn)");
        string self = Environment.ProcessPath ?? "/proc/self/exe";
        string[] rest = Environment.GetCommandLineArgs()[1..];
        Errno errno = Errno.ENOENT;
        foreach (string unshare in (string[])["/usr/bin/unshare", "/bin/unshare"])
            errno = ProcessIdentity.Replace(unshare, ["unshare", "-Urn", "--", self, .. rest]);
        throw LinuxException.Create(
            errno, "execve", "/usr/bin/unshare", null, "Without root the demo needs unshare (package util-linux); or run it as root.");
    }

    private static string DefaultFile() =>
        Path.Combine(Path.GetTempPath(), $"tunbridge-demo-{DateTime.Now:yyyyMMdd-HHmmss}-{Environment.ProcessId}.pcapng");
}
