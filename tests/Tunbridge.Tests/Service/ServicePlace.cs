// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Testing;

namespace Tunbridge.Tests.Service;

/// <summary>A machine's /etc, /var and /run for a test alone: tmpfs in mount and network namespaces.</summary>
internal static class ServicePlace
{
    internal static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "tunbridge");

    /// <summary>Runs shell lines there; $program is the program. The first that fails ends it.</summary>
    internal static CommandResult Shell(TestNamespace space, string script)
    {
        RealTool.Require("unshare", "mount");
        return space.Exec("unshare", "--mount", "--propagation", "private", "/bin/bash", "-ec", $$"""
            users=$(cat /etc/passwd); groups=$(cat /etc/group)
            for place in /etc /var /run; do mount -t tmpfs -o mode=755 tbservice $place; done
            echo "$users" > /etc/passwd; echo "$groups" > /etc/group
            mkdir -p /etc/init.d /etc/tunbridge /var/lock/subsys /var/lib
            for level in 0 1 2 3 4 5 6 S; do mkdir /etc/rc$level.d; done
            program='{{Program}}'
            expect() { local want=$1 code=0; shift; "$@" || code=$?; [ $code = $want ] || { echo "$*: $code instead of $want" >&2; exit 99; }; }
            {{script}}
            """);
    }

    internal static void AssertDone(CommandResult result) => Assert.True(result.ExitCode == 0, result.Output + result.Error);
}
