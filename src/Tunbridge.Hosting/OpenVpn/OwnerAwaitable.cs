// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;

namespace Tunbridge.Hosting.OpenVpn;

/// <summary>
/// Work elsewhere, after which the awaiting method goes on as the owner of a mailbox: with it a method reads from top to bottom
/// though it waits for scripts in between, and still nobody but the owner touches a session.
/// </summary>
/// <remarks>When the mailbox has been disposed the method never goes on.</remarks>
internal readonly struct OwnerAwaitable<T>(ControlMailbox owner, Task<T> work) : ICriticalNotifyCompletion
{
    public bool IsCompleted => work.IsCompleted;

    public OwnerAwaitable<T> GetAwaiter() => this;

    public T GetResult() => work.GetAwaiter().GetResult();

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation)
    {
        ControlMailbox mailbox = owner;
        work.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(() => mailbox.Post(continuation));
    }
}
