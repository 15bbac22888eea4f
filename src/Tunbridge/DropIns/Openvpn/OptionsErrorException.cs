// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.DropIns.Openvpn;

/// <summary>What is wrong with openvpn's options, in words; the program ends with 1.</summary>
internal sealed class OptionsErrorException(string message) : Exception(message);
