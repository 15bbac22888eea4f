// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

/// <summary>Takes a policy rule of ours away (RTM_DELRULE).</summary>
public sealed class RemoveRuleChange : NetlinkChange
{
    private readonly Rule _rule;

    internal RemoveRuleChange(string card, Rule rule)
        : base(card) => _rule = rule;

    /// <inheritdoc/>
    public override string Action => "remove-rule";

    /// <inheritdoc/>
    public override string Description => $"take the rule '{RuleText.Of(_rule)}' away";

    /// <inheritdoc/>
    public override string Operation => $"RTM_DELRULE {RuleText.Of(_rule)}";

    /// <inheritdoc/>
    public override ChangePhase Phase => ChangePhase.RemoveRule;

    /// <inheritdoc/>
    public override string? From => RuleText.Of(_rule);

    internal override string? RemovedNote => From;

    internal override bool GoesWithCard => false;

    internal override void Record(ChangeContext context, NetlinkBatch batch) => batch.Rules.Delete(_rule);

    internal override bool IsAlreadyDone(LinuxException error) => error.Errno == Errno.ENOENT;

    internal override void RecordUndo(ChangeContext context, NetlinkBatch batch) => batch.Rules.Add(_rule);

    internal override bool IsAlreadyUndone(LinuxException error) => error.Errno == Errno.EEXIST;

    internal override string? FindMismatch(HostState after) =>
        after.Rules.Any(r => r.Protocol == _rule.Protocol && RuleText.IsSame(r, _rule)) ? "the rule is still there" : null;
}
