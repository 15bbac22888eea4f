// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Doctor;

/// <summary>How a check ended.</summary>
internal enum CheckStatus
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>Cards work, but something will bite.</summary>
    Warn,

    /// <summary>Cards, or the named card, cannot be used.</summary>
    Fail,

    /// <summary>It could not be asked; the summary says why.</summary>
    Skip,
}
