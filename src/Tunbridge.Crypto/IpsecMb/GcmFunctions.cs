// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Crypto.IpsecMb;

/// <summary>AES-GCM of one key length: expand a key, seal and open a packet.</summary>
/// <remarks>
/// void aes_gcm_enc(const struct gcm_key_data *, struct gcm_context_data *, uint8_t *out, const uint8_t *in, uint64_t len,
/// const uint8_t *iv, const uint8_t *aad, uint64_t aad_len, uint8_t *auth_tag, uint64_t auth_tag_len); the vector has 12
/// bytes. Decrypting writes the tag that would be right.
/// </remarks>
internal readonly unsafe struct GcmFunctions
{
    // A packet of 9,000 bytes takes a microsecond: below, the collector may wait for the call.
    private const int ShortCall = 9216;

    private readonly nint _expand, _encrypt, _decrypt;

    internal GcmFunctions(nint expand, nint encrypt, nint decrypt) => (_expand, _encrypt, _decrypt) = (expand, encrypt, decrypt);

    internal void Expand(byte* key, byte* expanded) => ((delegate* unmanaged<byte*, byte*, void>)_expand)(key, expanded);

    internal void Encrypt(
        byte* key, byte* context, byte* output, byte* input, int length, byte* nonce, byte* associated, int associatedLength, byte* tag) =>
        Call(_encrypt, key, context, output, input, length, nonce, associated, associatedLength, tag);

    internal void Decrypt(
        byte* key, byte* context, byte* output, byte* input, int length, byte* nonce, byte* associated, int associatedLength, byte* tag) =>
        Call(_decrypt, key, context, output, input, length, nonce, associated, associatedLength, tag);

    private static void Call(
        nint function, byte* key, byte* context, byte* output, byte* input, int length, byte* nonce, byte* associated,
        int associatedLength, byte* tag)
    {
        if (length <= ShortCall)
        {
            ((delegate* unmanaged[SuppressGCTransition]<byte*, byte*, byte*, byte*, ulong, byte*, byte*, ulong, byte*, ulong, void>)function)(
                key, context, output, input, (ulong)length, nonce, associated, (ulong)associatedLength, tag, Tunnels.Aead.TagSize);
        }
        else
        {
            ((delegate* unmanaged<byte*, byte*, byte*, byte*, ulong, byte*, byte*, ulong, byte*, ulong, void>)function)(
                key, context, output, input, (ulong)length, nonce, associated, (ulong)associatedLength, tag, Tunnels.Aead.TagSize);
        }
    }
}
