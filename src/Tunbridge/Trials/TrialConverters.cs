// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tunbridge.Netlink;

namespace Tunbridge.Trials;

/// <summary>Addresses in a <see cref="TrialRecord"/>, as text.</summary>
internal static class TrialConverters
{
    internal sealed class OfAddresses : JsonConverter<IPAddress>
    {
        public override IPAddress Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            IPAddress.Parse(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, IPAddress value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }

    internal sealed class OfNetworks : JsonConverter<IPNetwork>
    {
        public override IPNetwork Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            IPNetwork.Parse(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, IPNetwork value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }

    internal sealed class OfHardwareAddresses : JsonConverter<HardwareAddress>
    {
        public override HardwareAddress Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetString() is { Length: > 0 } text ? HardwareAddress.Parse(text) : default;

        public override void Write(Utf8JsonWriter writer, HardwareAddress value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.IsEmpty ? "" : value.ToString());
    }
}
