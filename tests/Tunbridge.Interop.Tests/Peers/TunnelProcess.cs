// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Testing;

namespace Tunbridge.Interop.Tests.Peers;

/// <summary>One of the two programs at work in a namespace, with its log.</summary>
internal sealed class TunnelProcess : LoggedProcess
{
    internal TunnelProcess(TestNamespace space, TunnelProgram program, string file)
        : base(space, program.Path, [.. program.Arguments, "--config", file, "--verb", "4"]) => Program = program;

    internal TunnelProgram Program { get; }
}
