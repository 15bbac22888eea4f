// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Linux;

/// <summary>What a descriptor is opened for (open(2)); O_CLOEXEC is always added.</summary>
[Flags]
public enum OpenMode
{
    /// <summary>Reading (O_RDONLY).</summary>
    Read = 0,

    /// <summary>Writing (O_WRONLY).</summary>
    Write = 1,

    /// <summary>Both (O_RDWR).</summary>
    ReadWrite = 2,

    /// <summary>Calls give EAGAIN instead of waiting (O_NONBLOCK).</summary>
    NonBlocking = 0x800,
}
