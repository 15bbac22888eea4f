// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Changes;

/// <summary>Sets a kernel setting of one card (/proc/sys/net/…/conf/CARD/…).</summary>
public sealed class SysctlChange : Change
{
    private readonly string? _from;
    private readonly string _to;

    /// <param name="card">The card.</param>
    /// <param name="key">The path below /proc/sys.</param>
    /// <param name="from">The value before; null on a new card.</param>
    /// <param name="to">The value after.</param>
    internal SysctlChange(string card, string key, string? from, string to)
        : base(card)
    {
        Key = key;
        _from = from;
        _to = to;
    }

    /// <summary>The path below /proc/sys, such as <c>net/ipv4/conf/tap0/rp_filter</c>.</summary>
    public string Key { get; }

    /// <inheritdoc/>
    public override string Action => "set-sysctl";

    /// <inheritdoc/>
    public override string Description => $"set {Key} to {_to}";

    /// <inheritdoc/>
    public override string Operation => $"write '{_to}' /proc/sys/{Key}";

    /// <inheritdoc/>
    public override ChangePhase Phase => ChangePhase.Sysctl;

    /// <inheritdoc/>
    public override string? From => _from;

    /// <inheritdoc/>
    public override string? To => _to;

    internal override void Apply(ChangeContext context) => Sysctl.Write(Key, _to);

    internal override void Undo(ChangeContext context)
    {
        if (_from is not null)
            Sysctl.Write(Key, _from);
    }

    internal override string? FindMismatch(HostState after) =>
        after.FindSysctl(Key) is { } found ? found == _to ? null : $"it is '{found}'" : "it cannot be read";
}
