// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Testing;

namespace Tunbridge.Linux.Tests;

/// <summary>What is told of a path.</summary>
public sealed class DeviceNodeTests
{
    [Fact]
    public void TryRead_Link_IsFollowedOrNot()
    {
        string directory = Directory.CreateTempSubdirectory("tbnode").FullName;
        try
        {
            string link = Path.Combine(directory, "link"), file = Path.Combine(directory, "file");
            File.WriteAllText(file, "");
            Assert.Equal(0, CommandResult.Of("chmod", "640", file).ExitCode);
            File.CreateSymbolicLink(link, file);

            Assert.Equal(0x1a0u, DeviceNode.TryRead(link, out _)!.Mode);
            // A link's own bits say nothing and are all there.
            Assert.Equal(0x1ffu, DeviceNode.TryRead(link, out _, followLink: false)!.Mode);
            File.Delete(file);
            Assert.Null(DeviceNode.TryRead(link, out Errno errno));
            Assert.Equal(Errno.ENOENT, errno);
            Assert.NotNull(DeviceNode.TryRead(link, out _, followLink: false));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
