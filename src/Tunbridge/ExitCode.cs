// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge;

/// <summary>What the program returns; drop-ins keep the codes of their originals.</summary>
internal static class ExitCode
{
    /// <summary>Done; for status, all as declared.</summary>
    internal const int Done = 0;

    /// <summary>Failed, refused or gone back; for status, something missing or different.</summary>
    internal const int Failed = 1;

    /// <summary>Wrong usage.</summary>
    internal const int Usage = 2;

    /// <summary>For status: nothing there.</summary>
    internal const int NothingThere = 3;

    /// <summary>Not permitted.</summary>
    internal const int NotPermitted = 4;

    /// <summary>The configuration is wrong or unreadable.</summary>
    internal const int Configuration = 6;
}
