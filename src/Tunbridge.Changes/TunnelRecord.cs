// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;
using Tunbridge.Linux;

namespace Tunbridge.Changes;

/// <summary>What a running tunnel has on the host, written down before it is done: when its process is killed, the next start takes it back.</summary>
/// <remarks>
/// One file for each tunnel and process beside the journal of the namespace, mode 0600, replaced atomically; read and written with the
/// journal's lock held. For one thread, which must be in the namespace.
/// </remarks>
public sealed record TunnelRecord
{
    /// <summary>How the files end.</summary>
    internal const string Ending = ".tunnel";

    /// <summary>The tunnel's name, for messages.</summary>
    public required string Tunnel { get; init; }

    /// <summary>What it has, or was about to get.</summary>
    public required TunnelNetwork Network { get; init; }

    /// <summary>The resolver was told name servers for the card.</summary>
    public bool HasNameServers { get; init; }

    /// <summary>The process that runs it.</summary>
    public int ProcessId { get; init; } = Environment.ProcessId;

    /// <summary>When that was started (<see cref="ProcessHandle.FindStart"/>).</summary>
    public long ProcessStart { get; init; } = ProcessHandle.FindStart(Environment.ProcessId) ?? 0;

    private string Path => string.Create(CultureInfo.InvariantCulture, $"{ChangeJournal.FindPath()}-{ProcessId}-{Network.Card}{Ending}");

    /// <summary>The records of processes that are dead, in the calling thread's namespace.</summary>
    /// <returns>The records; damaged files, which only a hand can have made so, are removed.</returns>
    public static IReadOnlyList<TunnelRecord> ListDead()
    {
        List<TunnelRecord> dead = [];
        string start = ChangeJournal.FindPath();
        foreach (string path in Directory.EnumerateFiles(System.IO.Path.GetDirectoryName(start)!, $"{System.IO.Path.GetFileName(start)}-*{Ending}"))
        {
            if (TryRead(path) is not { } record)
                File.Delete(path);
            else if (ProcessHandle.FindStart(record.ProcessId) != record.ProcessStart)
                dead.Add(record);
        }
        return dead;
    }

    /// <summary>Writes it, in the place of what the same process wrote for the same card.</summary>
    public void Write() => ChangeJournal.Write(Path, json =>
    {
        json.WriteNumber("version", 1);
        json.WriteString("tunnel", Tunnel);
        json.WriteNumber("process", ProcessId);
        json.WriteNumber("start", ProcessStart);
        json.WriteBoolean("name-servers", HasNameServers);
        TunnelRecordJson.Write(json, Network);
    });

    /// <summary>Removes it.</summary>
    public void Remove() => File.Delete(Path);

    private static TunnelRecord? TryRead(string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            JsonElement root = document.RootElement;
            return new()
            {
                Tunnel = root.GetProperty("tunnel").GetString() ?? "",
                ProcessId = root.GetProperty("process").GetInt32(),
                ProcessStart = root.GetProperty("start").GetInt64(),
                HasNameServers = root.GetProperty("name-servers").GetBoolean(),
                Network = TunnelRecordJson.Read(root),
            };
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or IOException)
        {
            return null;
        }
    }
}
