// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Changes;
using Tunbridge.Configuration;
using Tunbridge.Netlink;

namespace Tunbridge.Programs;

/// <summary>What programs do for the cards of a plan: hooks, name servers, DHCP.</summary>
/// <remarks>For the thread that is in the namespace of the plan: programs inherit it.</remarks>
internal static class CardPrograms
{
    /// <summary>The plan with the steps that programs do.</summary>
    /// <param name="plan">What the kernel does.</param>
    /// <param name="part">The file, as far as it is about this namespace.</param>
    /// <param name="options">Which cards.</param>
    /// <param name="picture">What programs had been told before.</param>
    /// <param name="isRemoval">Whether the file's cards go, all that are chosen.</param>
    /// <param name="interrupted">Ends hooks that run, unless they take something back.</param>
    internal static ChangePlan Extend(
        ChangePlan plan, DesiredState part, PlanOptions options, ProgramPicture picture, bool isRemoval, CancellationToken interrupted = default)
    {
        List<ProgramChange> steps = [];
        List<Refusal> refusals = [];
        List<string> coming = [];
        Moves moves = new(plan);
        foreach (DeviceDefinition device in part.Devices.Where(d => options.Devices.Count == 0 || options.Devices.Contains(d.Name)))
        {
            if (device.Hooks is null)
                continue;
            HookSteps hooks = new(part, device, interrupted);
            // One that was never up goes as quietly as it came.
            bool wasUp = device.Up || plan.Before.Find(device.Name)?.IsUp == true;
            if (moves.IsRemade(device.Name) && wasUp)
                steps.AddRange(hooks.Going(ChangePhase.PrepareRoom, ChangePhase.RoomMade));
            else if (moves.IsDeleted(device.Name) && wasUp)
                steps.AddRange(hooks.Going(ChangePhase.PreDown, ChangePhase.PostDown));
            else if (moves.GoesDown(device.Name))
                steps.AddRange(hooks.Going(ChangePhase.PrepareDown, ChangePhase.PostDown));
            bool isHalfUp = !isRemoval && !device.IsAbsent && device.Up && picture.Pending.Contains(device.Name);
            if (!moves.GoesUp(device.Name) && !isHalfUp)
                continue;
            steps.AddRange(hooks.Coming());
            refusals.AddRange(hooks.Refusals());
            coming.Add(device.Name);
        }

        ResolverSteps.Add(steps, plan, part, options, moves, picture, isRemoval);
        DhcpSteps.Add(steps, refusals, plan, part, options, moves, picture, isRemoval);
        return steps.Count + refusals.Count == 0 ? plan : plan.With(steps, refusals, coming);
    }

    /// <summary>Status with what programs do for the cards.</summary>
    internal static IEnumerable<DeviceStatus> Extend(IEnumerable<DeviceStatus> devices, DesiredState part, HostState state)
    {
        foreach (DeviceStatus status in devices)
        {
            DeviceDefinition? device = part.Devices.FirstOrDefault(d => d.Name == status.Name && !d.IsAbsent);
            if (device is null || status.Condition is not (DeviceCondition.Matching or DeviceCondition.Different))
            {
                yield return status;
                continue;
            }

            List<StatusDifference> differences = [.. status.Differences];
            List<string> notes = [];
            ResolverSteps.Compare(part, device, differences, notes);
            DhcpSteps.Compare(part, device, state, differences, notes);
            yield return status with
            {
                Differences = differences,
                Condition = differences.Count == 0 ? DeviceCondition.Matching : DeviceCondition.Different,
                Note = string.Join("; ", notes),
            };
        }
    }

    /// <summary>What a plan does to the being there of cards.</summary>
    internal sealed class Moves
    {
        private readonly Dictionary<string, ChangePhase> _deleted = [];
        private readonly HashSet<string> _up, _down, _created;

        internal Moves(ChangePlan plan)
        {
            Before = plan.Before;
            foreach (DeleteLinkChange deletion in plan.Changes.OfType<DeleteLinkChange>())
                _deleted[deletion.Card] = deletion.Phase;
            _up = [.. plan.Changes.OfType<UpChange>().Where(c => c.Up).Select(c => c.Card)];
            _down = [.. plan.Changes.OfType<UpChange>().Where(c => !c.Up).Select(c => c.Card)];
            _created = [.. plan.Changes.OfType<CreateCardChange>().Select(c => c.Card)];
        }

        private HostState Before { get; }

        internal bool IsRemade(string card) => _deleted.TryGetValue(card, out ChangePhase phase) && phase == ChangePhase.MakeRoom;

        internal bool IsDeleted(string card) => _deleted.TryGetValue(card, out ChangePhase phase) && phase == ChangePhase.Delete;

        internal bool GoesDown(string card) => _down.Contains(card);

        internal bool GoesUp(string card) => _up.Contains(card);

        /// <summary>Whether it is another card afterwards, or none: nothing that was told of it holds.</summary>
        internal bool IsNew(string card) => _created.Contains(card);

        /// <summary>Whether a card of this name is there after the plan.</summary>
        internal bool IsThere(string card) =>
            _created.Contains(card) || (!IsDeleted(card) && Before.Find(card)?.Tun is not null);
    }
}
