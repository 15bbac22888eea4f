// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Tunbridge.Linux.Interop;

namespace Tunbridge.Linux;

/// <summary>Who this process is and what it may do.</summary>
public static class ProcessIdentity
{
    private const uint CapabilityVersion3 = 0x20080522;

    /// <summary>The real user id.</summary>
    public static uint UserId => Libc.getuid();

    /// <summary>The process that started this one, or init where that has ended.</summary>
    public static int ParentProcessId => Libc.getppid();

    /// <summary>The effective user id.</summary>
    public static uint EffectiveUserId => Libc.geteuid();

    /// <summary>The effective group id.</summary>
    public static uint EffectiveGroupId => Libc.getegid();

    /// <summary>Whether the calling thread has a capability in effect (capget(2)).</summary>
    /// <param name="capability">The capability.</param>
    public static unsafe bool Has(Capability capability)
    {
        uint* header = stackalloc uint[2] { CapabilityVersion3, 0 };
        // struct __user_cap_data_struct[2]: effective, permitted, inheritable, for bits 0-31 and 32-63.
        uint* data = stackalloc uint[6];
        new Span<uint>(data, 6).Clear();
        if (Libc.capget(header, data) != 0)
            throw new LinuxException(Libc.LastErrno, "capget", "");
        int bit = (int)capability;
        return (data[(bit / 32) * 3] & (1u << (bit % 32))) != 0;
    }

    /// <summary>Puts another program in this process's place (execve(2)); does not return when it succeeds.</summary>
    /// <param name="path">The program's path.</param>
    /// <param name="arguments">Its arguments, its own name first.</param>
    /// <param name="variables">Its environment; null for this process's.</param>
    /// <returns>Why it could not be started.</returns>
    public static unsafe Errno Replace(
        string path, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? variables = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(arguments);
        List<string> environment = [];
        if (variables is not null)
        {
            environment.AddRange(variables.Select(v => $"{v.Key}={v.Value}"));
        }
        else
        {
            foreach (System.Collections.DictionaryEntry entry in Environment.GetEnvironmentVariables())
                environment.Add($"{entry.Key}={entry.Value}");
        }

        byte** argv = Strings(arguments);
        byte** envp = Strings(environment);
        byte* file = (byte*)Marshal.StringToCoTaskMemUTF8(path);
        // The runtime ignores it, and a program that is started would, too.
        _ = Libc.signal(Libc.SIGPIPE, 0);
        _ = Libc.execve(file, argv, envp);
        Errno errno = Libc.LastErrno;
        Free(argv);
        Free(envp);
        Marshal.FreeCoTaskMem((nint)file);
        return errno;
    }

    private static unsafe byte** Strings(IReadOnlyList<string> texts)
    {
        byte** result = (byte**)NativeMemory.AllocZeroed((nuint)(texts.Count + 1), (nuint)sizeof(byte*));
        for (int i = 0; i < texts.Count; i++)
            result[i] = (byte*)Marshal.StringToCoTaskMemUTF8(texts[i]);
        return result;
    }

    private static unsafe void Free(byte** strings)
    {
        for (byte** p = strings; *p != null; p++)
            Marshal.FreeCoTaskMem((nint)(*p));
        NativeMemory.Free(strings);
    }
}
