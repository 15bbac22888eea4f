// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Tunbridge.Testing;

namespace Tunbridge.Tests.Doctor;

/// <summary>A finished `tunbridge doctor --json` and its document.</summary>
internal sealed class DoctorRun
{
    private readonly JsonElement _document;

    private DoctorRun(CommandResult result)
    {
        Result = result;
        Assert.True(result.Output.StartsWith('{'), $"exit {result.ExitCode}: {result.Output}{result.Error}");
        _document = JsonDocument.Parse(result.Output).RootElement;
        Assert.Equal(1, _document.GetProperty("schemaVersion").GetInt32());
        // Usable and exit 0 say the same.
        Assert.Equal(result.ExitCode == 0, _document.GetProperty("usable").GetBoolean());
    }

    /// <summary>The built program beside the tests.</summary>
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "tunbridge");

    public CommandResult Result { get; }

    public int ExitCode => Result.ExitCode;

    public JsonElement Document => _document;

    /// <summary>Runs it in a network namespace.</summary>
    public static DoctorRun In(TestNamespace space, params IEnumerable<string> arguments) =>
        new(space.Exec(Program, ["doctor", "--json", .. arguments]));

    /// <summary>Runs it with mounts of its own, where /dev/net is an empty tmpfs.</summary>
    /// <param name="space">The network namespace.</param>
    /// <param name="prepare">Shell lines that lay out /dev/net; options of the tmpfs are in front, after "mount:".</param>
    /// <param name="before">What runs the program, such as setpriv with its options.</param>
    /// <param name="arguments">The program's further arguments.</param>
    public static DoctorRun InPrivateDev(
        TestNamespace space, string prepare, string before = "", string arguments = "", string mountOptions = "mode=755") =>
        new(Shell(space, $"{prepare}\n{before} $program doctor --json {arguments}", mountOptions));

    /// <summary>Runs a script where /dev/net is an empty tmpfs and $program is the program, readable for everyone.</summary>
    public static CommandResult Shell(TestNamespace space, string script, string mountOptions = "mode=755")
    {
        RealTool.Require("unshare", "setpriv", "mount");
        // The checkout may lie where other users cannot look: a bind mount shows it to them.
        string shown = Directory.CreateTempSubdirectory("tbdoctor").FullName;
        try
        {
            return space.Exec("unshare", "--mount", "--propagation", "private", "/bin/sh", "-c", $"""
                set -e
                mount --bind '{AppContext.BaseDirectory}' '{shown}'
                [ -d /dev/net ] || exit 99
                mount -t tmpfs -o {mountOptions} tbdoctor /dev/net
                program='{shown}/tunbridge'
                {script}
                """);
        }
        finally
        {
            Directory.Delete(shown);
        }
    }

    public JsonElement Check(string id)
    {
        foreach (JsonElement check in _document.GetProperty("checks").EnumerateArray())
        {
            if (check.GetProperty("id").GetString() == id)
                return check;
        }

        throw new InvalidOperationException($"no check {id}: {Result.Output}");
    }

    public string Status(string id) => Check(id).GetProperty("status").GetString()!;

    public string Summary(string id) => Check(id).GetProperty("summary").GetString()!;

    public string Evidence(string id, string name) => Check(id).GetProperty("evidence").GetProperty(name).GetString()!;

    /// <summary>What a check says about mending it: explanation and commands.</summary>
    public string Fix(string id) => Check(id).GetProperty("fix").GetRawText();

    public string[] Commands(string id) =>
        [.. Check(id).GetProperty("fix").GetProperty("commands").EnumerateArray().Select(c => c.GetString()!)];

    public void AssertStatus(string id, string status) =>
        Assert.True(Status(id) == status, $"{id}: {Check(id).GetRawText()}");
}
