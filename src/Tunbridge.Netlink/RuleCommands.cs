// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Netlink.Wire;

namespace Tunbridge.Netlink;

/// <summary>Changes of policy rules: at once, or recorded in a batch.</summary>
/// <remarks>A refusal is a <see cref="LinuxException"/>, at once or among the batch's failures.</remarks>
public class RuleCommands
{
    private readonly IRequestSink _sink;

    internal RuleCommands(IRequestSink sink) => _sink = sink;

    /// <summary>Adds a rule; EEXIST when there is the same one already.</summary>
    /// <param name="rule">The rule.</param>
    public void Add(Rule rule) => Submit(
        MessageType.RTM_NEWRULE, MessageFlags.NLM_F_CREATE | MessageFlags.NLM_F_EXCL, rule);

    /// <summary>Deletes the first rule that fits all that is given; ENOENT when there is none.</summary>
    /// <param name="rule">The rule, as read, or as much of it as finds it.</param>
    public void Delete(Rule rule) => Submit(MessageType.RTM_DELRULE, MessageFlags.None, rule);

    private void Submit(MessageType type, MessageFlags flags, Rule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        _sink.Submit(type, flags, RequestTarget.On(rule, 0), rule, static (b, r) => r.Encode(b));
    }
}
