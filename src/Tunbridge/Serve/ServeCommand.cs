// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Runtime.InteropServices;
using Tunbridge.Commands;
using Tunbridge.Configuration;
using Tunbridge.Linux;
using FileOptions = Tunbridge.Commands.FileOptions;

namespace Tunbridge.Serve;

/// <summary>tunbridge serve: the service in the foreground.</summary>
internal static class ServeCommand
{
    internal static Command Create()
    {
        FileOptions file = new();
        Option<bool> force = RunOptions.Force();
        Command command = new("serve", "Make the file's cards and keep them as declared, until told to stop (what systemd starts)");
        file.AddFileTo(command);
        command.Add(force);
        command.SetAction(parsed => Run(() => file.Load(parsed), new PlanOptions { Force = parsed.GetValue(force) }));
        return command.WithExamples(
            ("tunbridge serve", "the cards of /etc/tunbridge/tunbridge.yaml; SIGHUP reads the file again, SIGTERM ends it"),
            ("tunbridge serve -f lab.yaml --name lab", "another file's, beside them"));
    }

    private static int Run(Func<DesiredState> load, PlanOptions options)
    {
        using ServiceNotifier notifier = ServiceNotifier.Open();
        EventFeed feed = new();
        using CardService service = new(load, options, notifier, feed);
        FileLock instanceLock = ControlSocket.TakeInstance(service.Desired.Instance);
        // From here on, a signal is work like any other: it waits for what is being done.
        using PosixSignalRegistration hangUp = On(PosixSignal.SIGHUP, () => service.PostReload());
        using PosixSignalRegistration terminate = On(PosixSignal.SIGTERM, service.PostStop);
        using PosixSignalRegistration interrupt = On(PosixSignal.SIGINT, service.PostStop);
        try
        {
            service.Start();
        }
        catch (Exception e)
        {
            ControlSocket.Leave(instanceLock, service.Desired.Instance);
            // While it waited for another run; nothing of it is there.
            if (e is not OperationCanceledException || !service.IsStopping)
                throw;
            notifier.Stopping("ended before the cards were made");
            return ExitCode.Done;
        }

        using ControlSocket socket = ControlSocket.Open(instanceLock, service, feed);
        int exitCode = service.RunAsync().GetAwaiter().GetResult();
        feed.Complete();
        return exitCode;
    }

    private static PosixSignalRegistration On(PosixSignal signal, Action action) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        action();
    });
}
