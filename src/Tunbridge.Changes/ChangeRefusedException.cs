// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Changes;

/// <summary>A plan would harm the host or what belongs to others; nothing was changed.</summary>
public sealed class ChangeRefusedException : InvalidOperationException
{
    /// <summary>Collects the reasons.</summary>
    /// <param name="refusals">At least one.</param>
    public ChangeRefusedException(IReadOnlyList<Refusal> refusals)
        : base(string.Join('\n', refusals ?? throw new ArgumentNullException(nameof(refusals)))) => Refusals = refusals;

    /// <summary>The reasons.</summary>
    public IReadOnlyList<Refusal> Refusals { get; }
}
