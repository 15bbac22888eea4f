// SPDX-License-Identifier: Apache-2.0
using System.Runtime.Versioning;
using Tunbridge.Changes;
using Tunbridge.Linux;

namespace Tunbridge.Configuration.Tests;

[SupportedOSPlatform("linux")]
public sealed class DropInTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("tunbridge-").FullName;

    private string Main => Path.Combine(_directory, "cards.yaml");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Load_DropIns_AreMergedInNameOrder()
    {
        Write("cards.yaml", "devices: {tap0: {kind: tap}}");
        Write("cards.d/20-b.yaml", "devices: {tap2: {kind: tap}}");
        Write("cards.d/10-a.yaml", "devices: {tap1: {kind: tap}}");
        Write("cards.d/.hidden.yaml", "mistake: 1");
        Write("cards.d/30.yaml~", "mistake: 1");

        DesiredState state = ConfigurationFile.Load(Main);

        Assert.Equal(["tap0", "tap1", "tap2"], state.Devices.Select(d => d.Name));
        Assert.Equal(["cards.yaml", "10-a.yaml", "20-b.yaml"], state.Sources.Select(s => Path.GetFileName(s.Path)));
        Assert.Equal((OwnershipMark.InstanceOf(Main), Main), (state.Instance, state.RealPath));
        Assert.Equal(Path.Combine(_directory, "cards.d/20-b.yaml"), state.Devices[2].Position.Path);
    }

    [Fact]
    public void Load_DropIn_HasItsOwnTopAndThenTheMainFiles()
    {
        Write("cards.yaml", "on-drift: repair\non-stop: remove\ndefaults: {mtu: 1400, promiscuous: true}\ndevices: {tap0: {kind: tap}}");
        Write("cards.d/a.yaml", "on-stop: leave\ndefaults: {mtu: 1300}\ndevices: {tap1: {kind: tap}}");

        DesiredState state = ConfigurationFile.Load(Main);

        Assert.Equal((1400, StopPolicy.Remove), (state.Devices[0].Mtu, state.Devices[0].OnStop));
        DeviceDefinition dropped = state.Devices[1];
        Assert.Equal((1300, true, StopPolicy.Leave, DriftPolicy.Repair), (dropped.Mtu, dropped.Promiscuous, dropped.OnStop, dropped.OnDrift));
    }

    [Fact]
    public void Load_CardInTwoFiles_IsAMistakeThatNamesBothPlaces()
    {
        Write("cards.yaml", "devices:\n  tap0: {kind: tap}\n");
        Write("cards.d/a.yaml", "devices:\n  tap0: {kind: tap}\n");

        ConfigurationException error = Assert.Throws<ConfigurationException>(() => ConfigurationFile.Load(Main));

        Assert.Equal($"{_directory}/cards.d/a.yaml:2:3: the card 'tap0' is declared twice, first at {Main}:2:3", error.Message);
    }

    [Fact]
    public void Load_MistakesOfSeveralFiles_AreToldAtOnceInTheirOrder()
    {
        Write("cards.yaml", "devices:\n  tap0: {kind: tap, mtu: 1}\n");
        Write("cards.d/b.yaml", "x: 1\n");
        Write("cards.d/a.yaml", "- 1\n");

        ConfigurationException error = Assert.Throws<ConfigurationException>(() => ConfigurationFile.Load(Main));

        Assert.Equal(["cards.yaml", "a.yaml", "b.yaml"], error.Diagnostics.Select(d => Path.GetFileName(d.Path)));
    }

    [Fact]
    public void Load_AsRootDropInThatOthersMayWrite_IsRefused()
    {
        Assert.SkipUnless(ProcessIdentity.EffectiveUserId == 0, "only root has this rule");
        Write("cards.yaml", "devices: {}");
        Write("cards.d/a.yaml", "devices: {}");
        File.SetUnixFileMode(Path.Combine(_directory, "cards.d/a.yaml"), UnixFileMode.UserRead | UnixFileMode.OtherWrite);

        ConfigurationException error = Assert.Throws<ConfigurationException>(() => ConfigurationFile.Load(Main));

        Assert.Contains("cards.d/a.yaml: refused as root: everybody may write it", error.Message, StringComparison.Ordinal);
    }

    private void Write(string name, string text)
    {
        string path = Path.Combine(_directory, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
