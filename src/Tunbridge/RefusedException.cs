// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge;

/// <summary>What was asked is possible but is refused for the host's sake, or did not work out (exit 1).</summary>
internal sealed class RefusedException(string message) : Exception(message);
