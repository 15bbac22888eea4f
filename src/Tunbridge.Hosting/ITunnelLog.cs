// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Hosting;

/// <summary>Where a tunnel's lines go.</summary>
/// <remarks>Thread-safe. Lines hold no secrets and no control characters.</remarks>
public interface ITunnelLog
{
    /// <summary>Writes a line.</summary>
    /// <param name="verbosity">From which <c>verb</c> on it is shown: 0 for fatal, 1 for what everybody should see, 3 for the usual, 4 and more for finding faults.</param>
    /// <param name="line">The line, without time.</param>
    void Write(int verbosity, string line);
}
