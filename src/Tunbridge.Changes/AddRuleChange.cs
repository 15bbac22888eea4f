// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

/// <summary>Adds a policy rule for a card (RTM_NEWRULE).</summary>
public sealed class AddRuleChange : NetlinkChange
{
    internal AddRuleChange(string card, Rule rule)
        : base(card) => Rule = rule;

    /// <summary>The rule.</summary>
    public Rule Rule { get; }

    /// <inheritdoc/>
    public override string Action => "add-rule";

    /// <inheritdoc/>
    public override string Description => $"add the rule '{RuleText.Of(Rule)}' for {Card}";

    /// <inheritdoc/>
    public override string Operation => $"RTM_NEWRULE {RuleText.Of(Rule)}";

    /// <inheritdoc/>
    public override ChangePhase Phase => ChangePhase.AddRule;

    /// <inheritdoc/>
    public override string? To => RuleText.Of(Rule);

    internal override bool GoesWithCard => false;

    internal override string? AddedNote => To;

    internal override void Record(ChangeContext context, NetlinkBatch batch) => batch.Rules.Add(Rule);

    internal override void RecordUndo(ChangeContext context, NetlinkBatch batch) => batch.Rules.Delete(Rule);

    internal override bool IsAlreadyUndone(LinuxException error) => error.Errno == Errno.ENOENT;

    internal override string? FindMismatch(HostState after) =>
        after.Rules.Any(r => RuleText.IsSame(r, Rule)) ? null : "the rule is not there";
}
