// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Tunbridge.Hosting.OpenVpn;
using Tunbridge.Linux;
using Tunbridge.Tunnels;

namespace Tunbridge.DropIns.Openvpn;

/// <summary>What the process leaves to itself when it becomes its own program anew, as another user: open files, and what only root could read.</summary>
/// <remarks>It travels in a file that is only in memory, behind a descriptor that only the new program gets.</remarks>
internal sealed record Handover
{
    private const string Variable = "TUNBRIDGE_HANDOVER";

    /// <summary>Texts of files that the user cannot read, by the path as the configuration has it.</summary>
    internal Dictionary<string, SecretBytes> Files { get; init; } = [];

    /// <summary>What people have answered, by the question.</summary>
    internal Dictionary<string, SecretBytes> Answers { get; init; } = [];

    /// <summary>The open status file; −1 for none.</summary>
    internal int Status { get; init; } = -1;

    /// <summary>Where the process started, before any <c>cd</c>.</summary>
    internal required string Directory { get; init; }

    /// <summary>Lines for the log: what became of the user.</summary>
    internal IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Takes what was left; null at the first start.</summary>
    internal static Handover? Take()
    {
        string? text = Environment.GetEnvironmentVariable(Variable);
        if (text is null || !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            return null;
        // Scripts and children are not to look for it.
        Environment.SetEnvironmentVariable(Variable, null);
        using FileStream stream = new(
            new Microsoft.Win32.SafeHandles.SafeFileHandle(number, ownsHandle: true), FileAccess.Read, bufferSize: 0);
        stream.Position = 0;
        using SecretBytes left = SecretFile.Read(stream);
        HandoverReader reader = new(left.Span);
        return new()
        {
            Status = reader.ReadNumber(),
            Directory = reader.ReadText(),
            Notes = [.. reader.ReadText().Split('\n', StringSplitOptions.RemoveEmptyEntries)],
            Files = reader.ReadSecrets(),
            Answers = reader.ReadSecrets(),
        };
    }

    /// <summary>Leaves it for the program that this process becomes next.</summary>
    /// <param name="variables">Gets the variable that tells of it.</param>
    /// <returns>The file; kept until the exec.</returns>
    internal FileDescriptor Leave(Dictionary<string, string> variables)
    {
        FileDescriptor file = FileDescriptor.CreateInMemory("tunbridge-handover");
        HandoverWriter writer = new(file);
        writer.Write(Status);
        writer.Write(Directory);
        writer.Write(string.Join('\n', Notes));
        writer.Write(Files);
        writer.Write(Answers);
        file.SetPassedOn(true);
        variables[Variable] = file.Number.ToString(CultureInfo.InvariantCulture);
        return file;
    }
}
