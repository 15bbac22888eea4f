// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Testing;

/// <summary>The official program in a namespace, with its log.</summary>
public sealed class RealOpenVpn : LoggedProcess
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly TemporaryFolder _folder;

    /// <summary>Starts it, or another release of it, with the text of a configuration.</summary>
    public RealOpenVpn(TestNamespace space, string configuration, string program = "openvpn", int verbosity = 4)
        : this(space, new TemporaryFolder("openvpn"), configuration, program, verbosity)
    {
    }

    private RealOpenVpn(TestNamespace space, TemporaryFolder folder, string configuration, string program, int verbosity)
        : base(space, program, "--config", folder.Write("tunnel.conf", configuration), "--verb", $"{verbosity}") => _folder = folder;

    /// <summary>Where its configuration is.</summary>
    public string Folder => _folder.Path;

    /// <summary>Waits until the program has its socket: a client's first datagram would be lost before, and repeated seconds later.</summary>
    public void WaitUntilBound() => Assert.True(SpinWait.SpinUntil(() => HasSaid("link local (bound)"), s_patience), Log);

    /// <summary>What the program prints for `--genkey`.</summary>
    public static string GenerateKey(params IEnumerable<string> words)
    {
        CommandResult result = CommandResult.Of("openvpn", words);
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        return result.Output;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool isDisposing)
    {
        base.Dispose(isDisposing);
        if (isDisposing)
            _folder.Dispose();
    }
}
