// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Tunbridge.Linux;

namespace Tunbridge.Changes;

/// <summary>Users and groups of cards as text: the name where there is one, else the number.</summary>
public static class CardOwner
{
    private const long FreshMilliseconds = 1000;

    // The last answer: a plan of many cards asks for the same user again and again, and each question opens files.
    private static volatile CachedName? s_last;

    /// <summary>A user, such as <c>root</c>, <c>user 1234</c>, or <c>nobody</c> for none.</summary>
    /// <param name="userId">The user, or null.</param>
    public static string DescribeUser(uint? userId) => userId is uint id
        ? FindName(id) ?? string.Create(CultureInfo.InvariantCulture, $"user {id}")
        : "no user";

    /// <summary>A group, such as <c>group kvm</c>, <c>group 1234</c>, or <c>no group</c>.</summary>
    /// <param name="groupId">The group, or null.</param>
    public static string DescribeGroup(uint? groupId) => groupId is uint id
        ? "group " + (UserDatabase.FindGroupName(id) ?? id.ToString(CultureInfo.InvariantCulture))
        : "no group";

    private static string? FindName(uint userId)
    {
        long now = Environment.TickCount64;
        if (s_last is { } last && last.UserId == userId && now - last.At < FreshMilliseconds)
            return last.Name;
        string? name = UserDatabase.FindUserName(userId);
        s_last = new() { UserId = userId, Name = name, At = now };
        return name;
    }

    private sealed record CachedName
    {
        internal required uint UserId { get; init; }

        internal required string? Name { get; init; }

        internal required long At { get; init; }
    }
}
