// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Doctor;

/// <summary>The words for statuses and repairs, in text and in JSON.</summary>
internal static class CheckStatusText
{
    /// <summary>The status in one word.</summary>
    public static string Word(this CheckStatus status) => status switch
    {
        CheckStatus.Ok => "ok",
        CheckStatus.Warn => "warn",
        CheckStatus.Fail => "fail",
        _ => "skip",
    };

    /// <summary>The repair in one word.</summary>
    public static string Word(this RepairKind repair) => repair switch
    {
        RepairKind.LoadModule => "load-module",
        RepairKind.MakeNode => "make-node",
        _ => "load-at-boot",
    };
}
