// SPDX-License-Identifier: Apache-2.0
using System.Reflection;

namespace Tunbridge.Architecture.Tests;

/// <summary>
/// The public surface of each library is the text file eng/surface/ASSEMBLY.txt. After a wanted change run
/// <c>TUNBRIDGE_RENEW_SURFACE=1 ./test Architecture</c> and commit the difference.
/// </summary>
public sealed class SurfaceTests
{
    public static TheoryData<string> Libraries =>
    [
        "Tunbridge.Packets", "Tunbridge.OpenVpn", "Tunbridge.Linux", "Tunbridge.Netlink", "Tunbridge.Devices", "Tunbridge.Changes",
        "Tunbridge.Configuration", "Tunbridge.Tunnels", "Tunbridge.Crypto", "Tunbridge.Hosting",
    ];

    [Theory]
    [MemberData(nameof(Libraries))]
    public void Library_PublicSurface_IsTheCommittedOne(string library)
    {
        string[] actual = [.. Describe(Assembly.Load(library))];
        string path = Path.Combine(Tree.Root, "eng", "surface", $"{library}.txt");
        if (Environment.GetEnvironmentVariable("TUNBRIDGE_RENEW_SURFACE") == "1")
            File.WriteAllLines(path, actual);
        Assert.True(File.Exists(path), $"{path} is missing");
        string[] committed = File.ReadAllLines(path);
        Assert.Equal([], actual.Except(committed).Select(l => $"+ {l}")
            .Concat(committed.Except(actual).Select(l => $"- {l}")));
    }

    private static IEnumerable<string> Describe(Assembly assembly) =>
        assembly.GetExportedTypes().SelectMany(type => Members(type).Prepend(Name(type)))
            .Distinct().Order(StringComparer.Ordinal);

    private static IEnumerable<string> Members(Type type)
    {
        const BindingFlags Own = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance |
            BindingFlags.Static | BindingFlags.DeclaredOnly;
        foreach (MemberInfo member in type.GetMembers(Own))
        {
            string? text = member switch
            {
                ConstructorInfo c when IsVisible(c) => $"new({Parameters(c)})",
                MethodInfo m when IsVisible(m) && !m.IsSpecialName => $"{m.Name}({Parameters(m)}) : {Name(m.ReturnType)}",
                MethodInfo { IsSpecialName: true } m when IsVisible(m) && m.Name.StartsWith("op_", StringComparison.Ordinal) =>
                    $"{m.Name}({Parameters(m)}) : {Name(m.ReturnType)}",
                PropertyInfo p when p.GetAccessors(nonPublic: true).Any(IsVisible) =>
                    $"{p.Name} : {Name(p.PropertyType)} {{{(p.GetMethod is { } g && IsVisible(g) ? " get;" : "")}" +
                    $"{(p.SetMethod is { } s && IsVisible(s) ? " set;" : "")} }}",
                FieldInfo { IsSpecialName: false } f when f.IsPublic || f.IsFamily =>
                    f.IsLiteral ? $"{f.Name} = {$"{f.GetRawConstantValue()}".ReplaceLineEndings("\\n")}" : $"{f.Name} : {Name(f.FieldType)}",
                EventInfo e when e.AddMethod is { } a && IsVisible(a) => $"event {e.Name}",
                _ => null,
            };
            if (text is not null)
                yield return $"{Name(type)}.{text}";
        }
    }

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(p =>
        $"{(p.IsOut ? "out " : p.IsIn ? "in " : p.ParameterType.IsByRef ? "ref " : "")}{Name(p.ParameterType)} {p.Name}" +
        (p.HasDefaultValue ? "?" : "")));

    private static string Name(Type type)
    {
        if (type.IsByRef)
            return Name(type.GetElementType()!);
        if (type.IsArray)
            return Name(type.GetElementType()!) + "[]";
        // A parameter's declaring type is the generic one that it belongs to.
        if (type.IsGenericParameter)
            return type.Name;
        if (Nullable.GetUnderlyingType(type) is { } value)
            return Name(value) + "?";
        // Counts as nested in the type that it is a parameter of.
        if (type.IsGenericParameter)
            return type.Name;
        string name = type.IsNested ? $"{Name(type.DeclaringType!)}.{type.Name}" : type.Name;
        int tick = name.IndexOf('`', StringComparison.Ordinal);
        return type.IsGenericType && tick > 0
            ? $"{name[..tick]}[{string.Join(", ", type.GetGenericArguments().Select(Name))}]"
            : name;
    }
}
