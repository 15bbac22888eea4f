// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.IO.Compression;
using Tunbridge.Testing;

namespace Tunbridge.Samples.Tests;

/// <summary>The packages as a stranger gets them: what is in them, and that the README's program runs with them.</summary>
public sealed class PackTests(PackTests.Packages packages) : IClassFixture<PackTests.Packages>
{
    private const string Version = "0.1.0";

    private static readonly string[] s_libraries =
        [
            .. Directory.EnumerateDirectories(Path.Combine(Tree.Root, "src")).Select(d => Path.GetFileName(d)!)
                .Where(n => n.StartsWith("Tunbridge.", StringComparison.Ordinal)),
        ];

    public static TheoryData<string> Libraries => [.. s_libraries];

    [Fact]
    public void Pack_MakesAPackageOfEveryLibraryAndNothingElse() => Assert.Equal(
        s_libraries.SelectMany(l => new[] { $"{l}.{Version}.nupkg", $"{l}.{Version}.snupkg" }).Order(StringComparer.Ordinal),
        Directory.EnumerateFiles(packages.First).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Libraries))]
    public void Package_HasDocumentationReadmeLicenceAndSymbols(string library)
    {
        string path = Path.Combine(packages.First, $"{library}.{Version}");
        using ZipArchive package = ZipFile.OpenRead($"{path}.nupkg");
        string[] names = [.. package.Entries.Select(e => e.FullName)];
        Assert.Contains($"lib/net10.0/{library}.dll", names);
        Assert.Contains($"lib/net10.0/{library}.xml", names);
        Assert.Contains("README.md", names);
        Assert.Contains("LICENSE", names);
        using StreamReader reader = new(package.GetEntry($"{library}.nuspec")!.Open());
        string description = reader.ReadToEnd();
        Assert.Contains("<license type=\"expression\">Apache-2.0</license>", description, StringComparison.Ordinal);
        Assert.Contains("<readme>README.md</readme>", description, StringComparison.Ordinal);
        using ZipArchive symbols = ZipFile.OpenRead($"{path}.snupkg");
        Assert.Contains(symbols.Entries, e => e.FullName == $"lib/net10.0/{library}.pdb");
    }

    [Fact]
    public void Pack_Twice_GivesTheSameBytes()
    {
        using TemporaryFolder again = new("samples", isForAll: true);
        Packages.Pack(again.Path);
        Assert.Equal([], Directory.EnumerateFiles(packages.First)
            .Where(f => !File.ReadAllBytes(f).AsSpan().SequenceEqual(File.ReadAllBytes(again.At(Path.GetFileName(f)))))
            .Select(f => Path.GetFileName(f)));
    }

    [Fact]
    public async Task ReadmeProgram_InANewProjectThatKnowsThePackagesOnly_AnswersPings()
    {
        RealTool.Require("ping");
        using TestNamespace ns = new();
        string program = Build(packages.Folder.At("stranger"), ReadmeProgram());

        using RunningProgram running = new(ns, program);
        await running.WaitForLineAsync("tap0 is up");
        CommandResult ping = ns.Exec("ping", "-n", "-c", "3", "-i", "0.2", "-W", "20", "192.168.0.2");
        Assert.Contains(" 3 received, 0% packet loss", ping.Output, StringComparison.Ordinal);
        CommandResult end = await running.InterruptAsync();
        Assert.Equal((0, ""), (end.ExitCode, end.Error));
        Assert.Contains("were answered", end.Output, StringComparison.Ordinal);
    }

    // The first block of C# in the section "Library".
    private static string ReadmeProgram()
    {
        string[] lines = File.ReadAllLines(Path.Combine(Tree.Root, "README.md"));
        string[] program =
        [
            .. lines.SkipWhile(l => l != "## Library").SkipWhile(l => !l.StartsWith("```csharp", StringComparison.Ordinal))
                .Skip(1).TakeWhile(l => l != "```"),
        ];
        Assert.InRange(program.Length, 5, 25);
        return string.Join('\n', program);
    }

    // What `dotnet new console` and `dotnet add package` make, without their templates.
    private string Build(string folder, string program)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "Program.cs"), program);
        File.WriteAllText(Path.Combine(folder, "stranger.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Tunbridge.Devices" Version="{Version}" />
              </ItemGroup>
            </Project>
            """);
        // Next to the sources of the machine; ours are asked of the folder alone.
        File.WriteAllText(Path.Combine(folder, "nuget.config"), $"""
            <configuration>
              <packageSources>
                <add key="tunbridge" value="{packages.First}" />
              </packageSources>
              <packageSourceMapping>
                <packageSource key="tunbridge">
                  <package pattern="Tunbridge.*" />
                </packageSource>
              </packageSourceMapping>
            </configuration>
            """);
        // A package cache of its own: the machine's may hold older packages of this version.
        Packages.Run(
            "dotnet", ["build", folder, "-c", "Release", "-o", Path.Combine(folder, "out"), "--nologo", "-nodeReuse:false"],
            ("NUGET_PACKAGES", Path.Combine(folder, "packages")), ("NuGetAudit", "false"));
        return Path.Combine(folder, "out", "stranger");
    }

    /// <summary>The packages, made once.</summary>
    public sealed class Packages : IDisposable
    {
        public Packages() => Pack(First);

        internal TemporaryFolder Folder { get; } = new("samples", isForAll: true);

        internal string First => Folder.At("packages");

        public void Dispose() => Folder.Dispose();

        internal static void Pack(string folder) => Run(Path.Combine(Tree.Root, "packaging", "pack"), [folder]);

        internal static void Run(
            string program, IEnumerable<string> arguments, params IEnumerable<(string Name, string Value)> environment)
        {
            ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
            foreach ((string name, string value) in environment)
                start.Environment[name] = value;
            using Process process = Process.Start(start)!;
            Task<string> error = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, $"{program}: {output}{error.GetAwaiter().GetResult()}");
        }
    }
}
