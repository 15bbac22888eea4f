// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Configuration;

/// <summary>Commands around a card's coming and going (<c>hooks</c>), each list in the order in which it is run.</summary>
public sealed record DeviceHooks
{
    /// <summary>Before the card is made or changed (<c>pre-up</c>); a failure leaves all as it was.</summary>
    public IReadOnlyList<DeviceHook> PreUp { get; init; } = [];

    /// <summary>After the card is as declared (<c>post-up</c> or <c>up</c>); a failure takes it back.</summary>
    public IReadOnlyList<DeviceHook> PostUp { get; init; } = [];

    /// <summary>Before the card is removed (<c>pre-down</c>).</summary>
    public IReadOnlyList<DeviceHook> PreDown { get; init; } = [];

    /// <summary>After the card is removed (<c>post-down</c>).</summary>
    public IReadOnlyList<DeviceHook> PostDown { get; init; } = [];
}
