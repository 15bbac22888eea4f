// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Changes;
using Tunbridge.Linux;
using Tunbridge.Netlink;
using Tunbridge.Output;
using Tunbridge.Trials;

namespace Tunbridge.Commands;

/// <summary>What is carried out in one namespace of a file, whose lock it holds until it is disposed.</summary>
/// <remarks>
/// All but the disposing is for threads that are in the namespace: <see cref="FileNamespace.Run{T}"/>.
/// </remarks>
internal sealed class NamespaceWork : IDisposable
{
    private NamespaceWork(FileNamespace place, RouteNetlink netlink, ChangeJournal journal)
    {
        Place = place;
        Netlink = netlink;
        Journal = journal;
    }

    internal FileNamespace Place { get; }

    internal RouteNetlink Netlink { get; }

    internal ChangeJournal Journal { get; }

    /// <summary>What was to be done; null until it is.</summary>
    internal ChangePlan? Plan { get; private set; }

    private AppliedPlan? Applied { get; set; }

    /// <summary>Takes the lock, and takes back what a killed `try` left there.</summary>
    internal static NamespaceWork Begin(FileNamespace place, string instance, LockWait waiting)
    {
        RouteNetlink netlink = RouteNetlink.Open();
        try
        {
            return new(place, netlink, FileWork.OpenJournal(netlink, instance, waiting));
        }
        catch
        {
            netlink.Dispose();
            throw;
        }
    }

    /// <summary>Carries it out; what fails leaves nothing of it.</summary>
    internal void Apply(ChangePlan plan, bool isTrial, CancellationToken interrupted)
    {
        Applied = plan.Apply(Netlink, Journal, isTrial ? Trial.NoteProgram : null, interrupted);
        Plan = plan;
    }

    /// <summary>Has all as before, as far as the kernel lets it.</summary>
    internal void GoBack(bool isTrial)
    {
        foreach (UndoFailure failure in Applied?.Revert() ?? [])
            Terminal.Warn($"not everything could be undone: {failure}");
        if (isTrial)
            Trial.Forget();
    }

    public void Dispose()
    {
        Journal.Dispose();
        Netlink.Dispose();
    }
}
