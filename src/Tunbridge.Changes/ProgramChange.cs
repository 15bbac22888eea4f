// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Changes;

/// <summary>A step that a program does for a card, not the kernel: a hook, a resolver that is told, a client that is started.</summary>
/// <remarks>Whoever makes one says how it is done; the plan says when, and takes it back with the others.</remarks>
public sealed class ProgramChange : Change
{
    private readonly string _action;
    private readonly string _description;
    private readonly string _operation;
    private readonly ChangePhase _phase;

    /// <param name="card">The card.</param>
    /// <param name="action">What kind of step it is, for machines.</param>
    /// <param name="description">The step in a plain sentence.</param>
    /// <param name="operation">What is run.</param>
    /// <param name="phase">When.</param>
    public ProgramChange(string card, string action, string description, string operation, ChangePhase phase)
        : base(card)
    {
        _action = action;
        _description = description;
        _operation = operation;
        _phase = phase;
    }

    /// <inheritdoc/>
    public override string Action => _action;

    /// <inheritdoc/>
    public override string Description => _description;

    /// <inheritdoc/>
    public override string Operation => _operation;

    /// <inheritdoc/>
    public override ChangePhase Phase => _phase;

    /// <inheritdoc/>
    public override string? From => Before;

    /// <inheritdoc/>
    public override string? To => After;

    /// <summary>The value before, as text; null when there was none.</summary>
    public string? Before { get; init; }

    /// <summary>The value after, as text; null when there is none.</summary>
    public string? After { get; init; }

    /// <summary>Does it; a <see cref="Linux.LinuxException"/> or IOException makes the plan fail.</summary>
    public required Action Run { get; init; }

    /// <summary>Takes it back, also when <see cref="Run"/> has failed.</summary>
    public required Action TakeBack { get; init; }

    /// <summary>Says what is there instead of the effect; null when nothing can be looked at.</summary>
    public Func<string?>? Look { get; init; }

    internal override bool GoesWithCard => false;

    internal override void Apply(ChangeContext context) => Run();

    internal override void Undo(ChangeContext context) => TakeBack();

    internal override string? FindMismatch(HostState after) => Look?.Invoke();
}
