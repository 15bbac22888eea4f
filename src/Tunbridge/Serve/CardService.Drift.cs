// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Tunbridge.Changes;
using Tunbridge.Commands;
using Tunbridge.Configuration;

namespace Tunbridge.Serve;

internal sealed partial class CardService
{
    // Another program that changes a card back each time must not make a duel of it.
    private const int MostAttempts = 5;

    private static readonly TimeSpan s_attemptPeriod = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_longestWork = TimeSpan.FromMinutes(10);

    // Owned by the loop, as is all below.
    private readonly Dictionary<string, Queue<long>> _attempts = [];
    private readonly Dictionary<string, string> _repairFailures = [];
    private HashSet<Difference> _drift = [];
    private bool _isLookPosted;

    /// <summary>Compares the kernel with the file, tells what is new of the differences, and mends where it may.</summary>
    private void Look()
    {
        IReadOnlyList<DeviceStatus> devices = Compare();
        string[] repairable = [.. FindRepairable(devices)];
        if (repairable.Length > 0)
        {
            Repair(repairable);
            Compare();
        }

        // A card that was made anew, by whom ever, has a queue to be held again.
        Hold();
        WatchClients();
        _notifier.Status(Summary);
    }

    private IReadOnlyList<DeviceStatus> Compare()
    {
        DesiredState desired = _desired;
        using FileWork work = new(desired, new(), null, Planner.Up);
        IReadOnlyList<DeviceStatus> devices = work.Status().Devices;
        HashSet<Difference> found = [.. devices.SelectMany(DifferencesOf)];
        foreach (Difference difference in found.Except(_drift))
        {
            _metrics.AddDrift();
            Report(difference.ToEvent("drift", $"drift: {difference}"));
        }

        HashSet<(string, string)> still = [.. found.Select(d => (d.Device, d.Key))];
        foreach (Difference difference in _drift.Where(d => !still.Contains((d.Device, d.Key))))
            Report(difference.ToEvent("settled", $"{difference.Device}: {difference.Key} is as declared again"));
        _drift = found;
        _metrics.SetDrift(found.Count);
        return devices;
    }

    private static IEnumerable<Difference> DifferencesOf(DeviceStatus device) => device.Condition switch
    {
        DeviceCondition.Matching => [],
        DeviceCondition.Different => device.Differences.Select(
            d => new Difference { Device = device.Name, Key = d.Key, Declared = d.Declared, Found = d.Found }),
        DeviceCondition.Missing => [Presence(device, "present", "missing")],
        DeviceCondition.Foreign => [Presence(device, "this file's", $"another program's ({device.Note})")],
        _ => [Presence(device, "absent", "present")],
    };

    private static Difference Presence(DeviceStatus device, string declared, string found) =>
        new() { Device = device.Name, Key = "state", Declared = declared, Found = found };

    private IEnumerable<string> FindRepairable(IReadOnlyList<DeviceStatus> devices)
    {
        HashSet<string> mended = [.. _desired.Devices.Where(d => d.OnDrift == DriftPolicy.Repair).Select(d => d.Name)];
        return devices
            // What a card requires is not this file's to make.
            .Where(d => d.Condition is DeviceCondition.Missing || d.Differences.Any(x => x.Key != "requires"))
            .Where(d => d.Condition is DeviceCondition.Different or DeviceCondition.Missing && mended.Contains(d.Name) && MayTry(d.Name))
            .Select(d => d.Name);
    }

    private bool MayTry(string card)
    {
        long now = Stopwatch.GetTimestamp();
        if (!_attempts.TryGetValue(card, out Queue<long>? attempts))
            _attempts.Add(card, attempts = new());
        while (attempts.TryPeek(out long oldest) && Stopwatch.GetElapsedTime(oldest, now) > s_attemptPeriod)
            attempts.Dequeue();
        if (attempts.Count < MostAttempts)
        {
            attempts.Enqueue(now);
            return true;
        }

        TellFailure(card, $"{card} was mended {MostAttempts} times in {s_attemptPeriod.TotalSeconds:0} seconds and is different again: " +
            "another program changes it, or the kernel does not keep it; trying again later");
        _ = LookLaterAsync();
        return false;
    }

    private async Task LookLaterAsync()
    {
        if (_isLookPosted)
            return;
        _isLookPosted = true;
        await Task.Delay(s_attemptPeriod).ConfigureAwait(false);
        _work.Writer.TryWrite(() =>
        {
            _isLookPosted = false;
            Look();
        });
    }

    // All at once; one that cannot be mended must not keep the others from it.
    private void Repair(string[] cards)
    {
        if (!TryRepair(cards, tell: cards.Length == 1) && cards.Length > 1)
        {
            foreach (string card in cards)
                TryRepair([card], tell: true);
        }
    }

    private bool TryRepair(string[] cards, bool tell)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            using FileWork work = Work(_desired, _options with { Devices = cards }, Planner.Up);
            List<Change> changes = [.. work.Apply().SelectMany(p => p.Changes)];
            _metrics.AddReconcile("repaired", Stopwatch.GetElapsedTime(start));
            foreach (Change change in changes)
                Report(new() { Kind = "repaired", Device = change.Card, Message = $"repaired: {change.Description}" });
            foreach (string card in cards)
                _repairFailures.Remove(card);
            return true;
        }
        catch (Exception e) when (!(e is OperationCanceledException && IsStopping) && Failure.Describe(e) is { } failure)
        {
            if (tell)
            {
                _metrics.AddReconcile("failed", Stopwatch.GetElapsedTime(start));
                TellFailure(cards[0], $"{cards[0]} cannot be repaired: {failure.Message}");
            }

            return false;
        }
    }

    // The same failure once, however often it is tried.
    private void TellFailure(string card, string message)
    {
        if (_repairFailures.TryGetValue(card, out string? told) && told == message)
            return;
        _repairFailures[card] = message;
        Report(new() { Kind = "repair-failed", Device = card, Message = message });
    }

    private sealed record Difference
    {
        internal required string Device { get; init; }

        internal required string Key { get; init; }

        internal required string Declared { get; init; }

        internal required string Found { get; init; }

        internal ServiceEvent ToEvent(string kind, string message) =>
            new() { Kind = kind, Device = Device, Key = Key, Declared = Declared, Found = Found, Message = message };

        public override string ToString() =>
            $"{Device}: {new StatusDifference { Key = Key, Declared = Declared, Found = Found }}";
    }
}
