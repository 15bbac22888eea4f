// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Netlink;

/// <summary>What a rule does with packets that match (FR_ACT_*). Open: other values occur.</summary>
public enum RuleAction : byte
{
    /// <summary>In a deletion: any.</summary>
    Unspecified = 0,

    /// <summary>Looks into a table (FR_ACT_TO_TBL).</summary>
    Lookup = 1,

    /// <summary>Goes on with another rule (FR_ACT_GOTO).</summary>
    Goto = 2,

    /// <summary>Nothing (FR_ACT_NOP).</summary>
    Nop = 3,

    /// <summary>Drops silently (FR_ACT_BLACKHOLE).</summary>
    Blackhole = 6,

    /// <summary>Answers network unreachable (FR_ACT_UNREACHABLE).</summary>
    Unreachable = 7,

    /// <summary>Answers prohibited (FR_ACT_PROHIBIT).</summary>
    Prohibit = 8,
}
