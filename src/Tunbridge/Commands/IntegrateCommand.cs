// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Tunbridge.Configuration;
using Tunbridge.Service;

namespace Tunbridge.Commands;

/// <summary>tunbridge integrate: keeps NetworkManager or systemd-networkd off our cards.</summary>
internal static class IntegrateCommand
{
    internal static Command Create()
    {
        Argument<string> who = new("PROGRAM") { Description = "networkmanager or networkd" };
        who.AcceptOnlyFromAmong("networkmanager", "networkd");
        Option<bool> remove = new("--remove") { Description = "Take the drop-ins away again" };
        Option<string?> file = new("--file", "-f") { Description = $"The file; else {ConfigurationFile.DefaultPath}", HelpName = "FILE" };
        Option<string?> name = ServiceCommand.Name();
        Option<string> root = ServiceCommand.Root();
        Command command = new("integrate", "Write drop-ins that keep another program off the file's cards") { who, remove, file, name, root };
        command.SetAction(parsed =>
        {
            string? instance = ServiceCommand.CheckedName(parsed.GetValue(name));
            string service = instance ?? ServiceRequest.DefaultName;
            Integration integration = new(ServiceCommand.FullRoot(parsed.GetRequiredValue(root)), Console.Out);
            bool forNetworkManager = parsed.GetRequiredValue(who) == "networkmanager";
            if (parsed.GetValue(remove))
            {
                if (!(forNetworkManager ? integration.RemoveNetworkManager(service) : integration.RemoveNetworkd(service)))
                    Console.Error.WriteLine("nothing of it is here");
                return ExitCode.Done;
            }

            DesiredState desired = ConfigurationFile.Load(parsed.GetValue(file), instance);
            // A bridge that the file makes is as much ours as its ports.
            string[] cards =
            [
                .. desired.Devices.Where(d => !d.IsAbsent).Select(d => d.Name),
                .. desired.Devices.Where(d => d.CreateBridge && !d.IsAbsent).Select(d => d.Bridge!).Distinct(),
            ];
            if (cards.Length == 0)
                throw new RefusedException($"{desired.Path} declares no card to keep it off");
            if (forNetworkManager)
                integration.InstallNetworkManager(service, cards);
            else
                integration.InstallNetworkd(service, cards);
            return ExitCode.Done;
        });
        return command.WithExamples(
            ("tunbridge integrate networkmanager", "NetworkManager leaves the cards of the file alone"),
            ("tunbridge integrate networkd --remove", "systemd-networkd as before"));
    }
}
