// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Testing;

namespace Tunbridge.Tests.DropIns;

/// <summary>The drop-ins against the programs they stand in for, line by line in two fresh namespaces.</summary>
public sealed class SideBySideTests
{
    public static TheoryData<string> TunctlScenarios => Titles("tunctl-cases.txt");

    public static TheoryData<string> IfconfigScenarios => Titles("ifconfig-cases.txt");

    [Theory]
    [MemberData(nameof(TunctlScenarios))]
    public Task Tunctl_SameCommandLines_SameResults(string scenario) =>
        CompareAsync("tunctl", "tunctl-cases.txt", scenario);

    [Theory]
    [MemberData(nameof(IfconfigScenarios))]
    public Task Ifconfig_SameCommandLines_SameResults(string scenario) =>
        CompareAsync("ifconfig", "ifconfig-cases.txt", scenario);

    [Theory]
    [InlineData("tunctl-cases.txt", "tunctl", 60)]
    [InlineData("ifconfig-cases.txt", "ifconfig", 80)]
    public void Lists_HoldEnoughCommandLines(string file, string program, int least) =>
        Assert.True(CaseList.Read(file).SelectMany(s => s.Lines).Count(l => l.Words[0] == program) >= least);

    private static async Task CompareAsync(string program, string file, string title)
    {
        CaseList.Scenario scenario = CaseList.Read(file).Single(s => s.Title == title);
        RealTool.Require(program, "ip", "setpriv");
        if (scenario.Lines.Exists(l => l.AsNobody))
            Assert.SkipUnless(NobodyReachesOurProgram(), $"uid 65534 cannot read {Pair.OurProgram}");
        using Pair pair = new(scenario);
        List<string> differences = await pair.CompareAsync(TestContext.Current.CancellationToken);
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    private static bool NobodyReachesOurProgram() => CommandResult.Of(
        "setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "test", "-r", Pair.OurProgram).ExitCode == 0;

    private static TheoryData<string> Titles(string file) => [.. CaseList.Read(file).Select(s => s.Title)];
}
