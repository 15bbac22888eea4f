// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Netlink.Wire;

namespace Tunbridge.Netlink;

/// <summary>One recorded request of a batch: where its bytes are, and what it is about.</summary>
internal readonly record struct BatchRequest
{
    internal required MessageType Type { get; init; }

    internal required int Start { get; init; }

    internal required int Length { get; init; }

    internal required RequestTarget Target { get; init; }
}
