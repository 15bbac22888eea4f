// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge;

/// <summary>The command line asks for something that cannot be: said before anything was changed (exit 2).</summary>
internal sealed class UsageException(string message) : Exception(message);
