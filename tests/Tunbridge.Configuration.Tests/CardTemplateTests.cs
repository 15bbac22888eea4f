// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Configuration.Tests;

public sealed class CardTemplateTests
{
    [Fact]
    public void Template_Numbers_MakeNamesAndValues()
    {
        DesiredState state = Parse("""
            devices:
              vm{8..10}-a:
                kind: tap
                mac: "02:00:00:00:00:{n:02x}"
                addresses: ["10.0.{n}.1/24", "10.1.{n-8}.1/24"]
                mtu: "{n+1400}"
                description: card {n} of {{n}} in {x}
            """);

        Assert.Equal(["vm8-a", "vm9-a", "vm10-a"], state.Devices.Select(d => d.Name));
        DeviceDefinition last = state.Devices[2];
        Assert.Equal("02:00:00:00:00:0a", last.Mac.ToString());
        Assert.Equal(["10.0.10.1/24", "10.1.2.1/24"], last.Addresses.Select(a => a.ToString()));
        Assert.Equal((1410, "card 10 of {n} in {x}", "vm{8..10}-a"), (last.Mtu, last.Description, last.Template));
        Assert.Equal("t.yaml:2:3", last.Position.ToString());
    }

    [Fact]
    public void Template_LeadingZero_PadsTheNames() =>
        Assert.Equal(["tap08", "tap09", "tap10"], Parse("devices:\n  tap{08..10}: {kind: tap}\n").Devices.Select(d => d.Name));

    [Fact]
    public void Template_Defaults_HaveTheNumberToo()
    {
        DesiredState state = Parse("defaults: {kind: tap, addresses: ['10.0.{n}.1/24']}\ndevices:\n  tap{0..1}:\n");

        Assert.Equal("10.0.1.1/24", state.Devices[1].Addresses[0].ToString());
    }

    [Theory]
    [InlineData("tap{0..15}}")]
    [InlineData("tap{..}")]
    [InlineData("{0..1}{0..1}")]
    [InlineData("tap{0..99999999999}")]
    public void Template_Malformed_IsTold(string name)
    {
        ConfigurationException error = Assert.Throws<ConfigurationException>(() => Parse($"devices:\n  '{name}': {{kind: tap}}\n"));

        Assert.Contains("is no template for names", Assert.Single(error.Diagnostics).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Template_NameThatGrowsTooLong_IsTold()
    {
        ConfigurationException error = Assert.Throws<ConfigurationException>(() => Parse("devices:\n  abcdefghijklmn{9..10}: {kind: tap}\n"));

        Assert.Equal("t.yaml:2:3: the name 'abcdefghijklmn10' has 16 bytes, allowed are at most 15", error.Message);
    }

    private static DesiredState Parse(string text) => KeySetTests.Parse(text);
}
