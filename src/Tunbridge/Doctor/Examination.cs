// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Doctor.Checks;
using Tunbridge.Doctor.Facts;

namespace Tunbridge.Doctor;

/// <summary>The engine: reads the facts of a machine and turns them into checks, in the order of proof.</summary>
/// <remarks>Theory of operation: docs/doctor.md.</remarks>
internal static class Examination
{
    /// <summary>Examines.</summary>
    /// <param name="root">The machine.</param>
    /// <param name="request">What the caller wants to know.</param>
    public static DoctorReport Run(DoctorRoot root, DoctorRequest request)
    {
        DriverFacts driver = DriverFacts.Read(root);
        ModuleFacts module = ModuleFacts.Read(root);
        Surroundings place = Surroundings.Read(root);
        Privileges who = Privileges.Read(root);
        NetworkFacts network = NetworkFacts.Read(root);
        CardFacts? named = request.Card is null ? null : network.Cards.FirstOrDefault(c => c.Name == request.Card);
        return new()
        {
            Checks =
            [
                DriverChecks.Driver(driver, module, place),
                DriverChecks.NodeItself(driver, place),
                DriverChecks.Open(driver, module, place, who),
                DriverChecks.Features(driver),
                PrivilegeChecks.Administer(who, place, named?.LetsIn(who) == true ? named.Name : null),
                PrivilegeChecks.Probe(root, driver, who),
                ModuleChecks.Module(module, driver),
                ModuleChecks.Boot(module, driver, place),
                PlaceChecks.Describe(place, module),
                PlaceChecks.Managers(root),
                CryptoChecks.Providers(),
                TunnelChecks.Needs(driver, who),
                RingChecks.Groups(RingFacts.Read(root)),
                .. NetworkChecks.All(network),
                .. request.Card is { } card
                    ? NamedCardChecks.All(request, network, who, Holder.Find(root, card, named?.HasCarrier == true))
                    : [],
            ],
        };
    }
}
