// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Tests.Support;

/// <summary>The ciphers of the base class library: slow, and independent of the provider that ships.</summary>
internal sealed class BaseCrypto : ICryptoProvider
{
    internal static BaseCrypto Instance { get; } = new();

    public string Name => ".NET";

    public IAeadSealer CreateSealer(AeadAlgorithm algorithm, ReadOnlySpan<byte> key) => new AeadBox(algorithm, key.ToArray());

    public IAeadOpener CreateOpener(AeadAlgorithm algorithm, ReadOnlySpan<byte> key) => new AeadBox(algorithm, key.ToArray());

    public ICipher CreateEncryptor(CipherAlgorithm algorithm, ReadOnlySpan<byte> key) => new Box(algorithm, key.ToArray(), true);

    public ICipher CreateDecryptor(CipherAlgorithm algorithm, ReadOnlySpan<byte> key) => new Box(algorithm, key.ToArray(), false);

    public IMac CreateMac(DigestAlgorithm algorithm, ReadOnlySpan<byte> key) => new Mac(algorithm, key.ToArray());

    public void Hash(DigestAlgorithm algorithm, ReadOnlySpan<byte> data, Span<byte> digest) =>
        CryptographicOperations.HashData(NameOf(algorithm), data, digest);

    public void HkdfExpand(DigestAlgorithm algorithm, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> info, Span<byte> destination) =>
        HKDF.Expand(NameOf(algorithm), secret, destination, info);

    public bool TryTls1Prf(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> seed, Span<byte> destination)
    {
        int half = (secret.Length + 1) / 2;
        byte[] md5 = Expand(HashAlgorithmName.MD5, secret[..half].ToArray(), seed.ToArray(), destination.Length);
        byte[] sha1 = Expand(HashAlgorithmName.SHA1, secret[^half..].ToArray(), seed.ToArray(), destination.Length);
        for (int i = 0; i < destination.Length; i++)
            destination[i] = (byte)(md5[i] ^ sha1[i]);
        return true;
    }

    private static byte[] Expand(HashAlgorithmName name, byte[] secret, byte[] seed, int length)
    {
        List<byte> output = [];
        byte[] a = seed;
        while (output.Count < length)
        {
            a = CryptographicOperations.HmacData(name, secret, a);
            output.AddRange(CryptographicOperations.HmacData(name, secret, (byte[])[.. a, .. seed]));
        }
        return [.. output.Take(length)];
    }

    private static HashAlgorithmName NameOf(DigestAlgorithm algorithm) => algorithm switch
    {
        DigestAlgorithm.Md5 => HashAlgorithmName.MD5,
        DigestAlgorithm.Sha1 => HashAlgorithmName.SHA1,
        DigestAlgorithm.Sha256 => HashAlgorithmName.SHA256,
        DigestAlgorithm.Sha384 => HashAlgorithmName.SHA384,
        _ => HashAlgorithmName.SHA512,
    };

    private sealed class AeadBox(AeadAlgorithm algorithm, byte[] key) : IAeadSealer, IAeadOpener
    {
        private readonly AesGcm? _aes = algorithm == AeadAlgorithm.ChaCha20Poly1305 ? null : new AesGcm(key, 16);
        private readonly ChaCha20Poly1305? _chacha = algorithm == AeadAlgorithm.ChaCha20Poly1305 ? new ChaCha20Poly1305(key) : null;

        public AeadAlgorithm Algorithm => algorithm;

        public void Seal(
            ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> packet, Span<byte> ciphertext, Span<byte> tag)
        {
            _aes?.Encrypt(nonce, packet, ciphertext, tag, associatedData);
            _chacha?.Encrypt(nonce, packet, ciphertext, tag, associatedData);
        }

        public bool TryOpen(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, Span<byte> packet, ReadOnlySpan<byte> tag)
        {
            try
            {
                _aes?.Decrypt(nonce, packet, tag, packet, associatedData);
                _chacha?.Decrypt(nonce, packet, tag, packet, associatedData);
                return true;
            }
            catch (AuthenticationTagMismatchException)
            {
                return false;
            }
        }

        IAeadSealer IAeadSealer.Fork() => new AeadBox(algorithm, key);

        IAeadOpener IAeadOpener.Fork() => new AeadBox(algorithm, key);

        public void Dispose()
        {
            _aes?.Dispose();
            _chacha?.Dispose();
        }
    }

    private sealed class Box : ICipher
    {
        private readonly Aes _aes;
        private readonly bool _encrypts;
        private readonly byte[] _key;

        internal Box(CipherAlgorithm algorithm, byte[] key, bool encrypts)
        {
            Algorithm = algorithm;
            _key = key;
            _encrypts = encrypts;
            _aes = Aes.Create();
            _aes.Key = key;
        }

        public CipherAlgorithm Algorithm { get; }

        public void Transform(ReadOnlySpan<byte> initialisationVector, Span<byte> data)
        {
            if (Algorithm != CipherAlgorithm.Aes256Ctr)
            {
                byte[] output = _encrypts
                    ? _aes.EncryptCbc(data, initialisationVector, PaddingMode.None)
                    : _aes.DecryptCbc(data, initialisationVector, PaddingMode.None);
                output.CopyTo(data);
                return;
            }
            byte[] counter = initialisationVector.ToArray();
            for (int i = 0; i < data.Length; i += 16)
            {
                byte[] stream = _aes.EncryptEcb(counter, PaddingMode.None);
                for (int j = i; j < Math.Min(i + 16, data.Length); j++)
                    data[j] ^= stream[j - i];
                for (int j = 15; j >= 0 && ++counter[j] == 0; j--)
                {
                    // carry
                }
            }
        }

        public ICipher Fork() => new Box(Algorithm, _key, _encrypts);

        public void Dispose() => _aes.Dispose();
    }

    private sealed class Mac(DigestAlgorithm algorithm, byte[] key) : IMac
    {
        public DigestAlgorithm Algorithm => algorithm;

        public int Size => Digest.Size(algorithm);

        public void Compute(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<byte> code)
        {
            using IncrementalHash hash = IncrementalHash.CreateHMAC(NameOf(algorithm), key);
            hash.AppendData(first);
            hash.AppendData(second);
            hash.GetHashAndReset(code);
        }

        public bool Verify(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> code)
        {
            byte[] right = new byte[Size];
            Compute(first, second, right);
            return CryptographicOperations.FixedTimeEquals(right, code);
        }

        public IMac Fork() => new Mac(algorithm, key);

        public void Dispose()
        {
            // the key is a test's
        }
    }
}
