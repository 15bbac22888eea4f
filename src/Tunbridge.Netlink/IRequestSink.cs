// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Netlink.Wire;

namespace Tunbridge.Netlink;

/// <summary>Where a command goes: to the kernel at once, or into a batch.</summary>
internal interface IRequestSink
{
    /// <summary>Encodes a request and submits it.</summary>
    /// <param name="type">The message's type.</param>
    /// <param name="flags">Flags besides NLM_F_REQUEST and NLM_F_ACK.</param>
    /// <param name="target">For messages.</param>
    /// <param name="state">What the encoder needs.</param>
    /// <param name="encode">Writes the payload.</param>
    /// <typeparam name="T">The state's type.</typeparam>
    void Submit<T>(MessageType type, MessageFlags flags, RequestTarget target, T state, Action<MessageBuilder, T> encode);
}
