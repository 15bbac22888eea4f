// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Tunnels.Tests;

/// <summary>Sizes, secrets and texts of the contracts.</summary>
public sealed class CipherContractTests
{
    [Fact]
    public void KeySize_EveryAlgorithm_IsKnown()
    {
        Assert.Equal([16, 24, 32, 32], Enum.GetValues<AeadAlgorithm>().Select(Aead.KeySize));
        Assert.Equal([16, 20, 32, 48, 64], Enum.GetValues<DigestAlgorithm>().Select(Digest.Size));
        Assert.Throws<ArgumentOutOfRangeException>(() => Aead.KeySize(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Digest.Size(0));
    }

    [Fact]
    public void Secret_Disposed_IsWipedAndNeverShown()
    {
        SecretBytes secret = new([1, 2, 3]);
        Span<byte> bytes = secret.Span;
        Assert.Equal([1, 2, 3], bytes.ToArray());
        Assert.Equal("secret of 3 bytes", secret.ToString());
        secret.Dispose();
        Assert.Equal([0, 0, 0], bytes.ToArray());
        Assert.Throws<ObjectDisposedException>(() => secret.Span[0]);
        Assert.Equal(3, secret.Length);
        secret.Dispose();
    }

    [Fact]
    public void Failure_InWords_NamesTheCertificateWhenThereIsOne()
    {
        TlsFailure plain = new() { Reason = TlsFailureReason.PeerAlert, Message = "the peer refused" };
        Assert.Equal("the peer refused", plain.ToString());
        TlsFailure deep = plain with { Message = "certificate has expired", Depth = 1, Subject = "CN=x" };
        Assert.Equal("depth=1, certificate has expired: CN=x", deep.ToString());
    }
}
