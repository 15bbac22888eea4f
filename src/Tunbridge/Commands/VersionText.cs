// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;
using Tunbridge.Crypto;

namespace Tunbridge.Commands;

/// <summary>What --version prints: the version, for programs alone in the first line; then what encrypts here.</summary>
internal sealed class VersionText : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        TextWriter output = parseResult.InvocationConfiguration.Output;
        output.WriteLine(typeof(VersionText).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion);
        output.WriteLine($"encryption: {CryptoProviders.Describe()}");
        return ExitCode.Done;
    }
}
