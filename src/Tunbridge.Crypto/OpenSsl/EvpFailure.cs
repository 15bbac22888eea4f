// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Crypto.Interop;

namespace Tunbridge.Crypto.OpenSsl;

/// <summary>A refusal of the library that no input can cause: memory ran out, or the library is broken.</summary>
internal static class EvpFailure
{
    internal static InvalidOperationException Of(string operation, IDisposable? halfMade = null)
    {
        string reason = LibCrypto.TakeError();
        halfMade?.Dispose();
        return new InvalidOperationException($"OpenSSL failed at {operation}: {reason}.");
    }
}
