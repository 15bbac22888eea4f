// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Bench;

/// <summary>A measurement that would mean nothing: a program failed, or did not do what is measured.</summary>
internal sealed class BenchException(string message) : Exception(message);
