// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Configuration;

/// <summary>Where a TAP's MAC address comes from (key <c>mac</c>).</summary>
public enum MacPolicy
{
    /// <summary>The kernel chooses one when the card is made, and it is left alone (<c>kernel</c>, the default).</summary>
    Kernel,

    /// <summary>The one that is written (<see cref="DeviceDefinition.Mac"/>).</summary>
    Fixed,

    /// <summary>A locally administered one drawn when the card is made (<c>random</c>), left alone afterwards.</summary>
    Random,

    /// <summary>The same for a name on a machine, derived from both (<c>stable</c>).</summary>
    Stable,
}
