// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Tunbridge.Demo;
using Tunbridge.Doctor;
using Tunbridge.Join;
using Tunbridge.Serve;

namespace Tunbridge.Commands;

/// <summary>The commands of the program, in the order in which help lists them.</summary>
internal static class CommandLine
{
    internal static RootCommand Create()
    {
        RootCommand root = new("Virtual network cards (TUN and TAP) for Linux: check, create, show, capture, declare.");
        // [suggest] is answered by Suggestions, and nothing else in brackets is asked for.
        root.Directives.Clear();
        root.Options.OfType<VersionOption>().Single().Action = new VersionText();
        root.Add(DoctorCommand.Create());
        root.Add(AddCommand.Create());
        root.Add(SetCommand.Create());
        root.Add(DeleteCommand.Create());
        root.Add(ListCommand.Create());
        root.Add(ShowCommand.Create());
        root.Add(CaptureCommand.Create());
        root.Add(JoinCommand.Create());
        root.Add(PlanCommand.Create());
        root.Add(CheckCommand.Create());
        root.Add(UpCommands.Up());
        root.Add(UpCommands.Down());
        root.Add(UpCommands.Restart());
        root.Add(UpCommands.Reload());
        root.Add(TryCommand.Create());
        root.Add(StatusCommand.Create());
        root.Add(MonitorCommand.Create());
        root.Add(ServeCommand.Create());
        root.Add(ImportCommand.Create());
        root.Add(ExportCommand.Create());
        root.Add(ServiceCommand.Create());
        root.Add(IntegrateCommand.Create());
        root.Add(DemoCommand.Create());
        root.Add(CompletionCommand.Create());
        foreach (Command dropIn in DropIn.Commands())
            root.Add(dropIn);
        CommandExamples.AddToHelp(root);
        return root;
    }
}
