// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Configuration.Exchange;

/// <summary>A line of an imported file.</summary>
internal readonly record struct Origin(string Path, int Line);
