// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Commands;

/// <summary>Nobody confirmed a try: what it did is taken back.</summary>
internal sealed class NotConfirmedException(string message) : Exception(message);
