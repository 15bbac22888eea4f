// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Tunbridge.OpenVpn.Control;
using Tunbridge.OpenVpn.Tests.Control;
using Tunbridge.OpenVpn.Tests.Support;
using Tunbridge.OpenVpn.Wire;
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Tests.Wire;

/// <summary>A token goes through a session without ever being part of a string.</summary>
public sealed class PushedTokenTests
{
    [Theory]
    [InlineData("PUSH_REPLY,ping 1,auth-token abc,route 10.0.0.0", "PUSH_REPLY,ping 1,auth-token,route 10.0.0.0", "abc")]
    [InlineData("PUSH_REPLY,auth-token abc", "PUSH_REPLY,auth-token", "abc")]
    [InlineData("PUSH_REPLY, auth-token  abc,ping 1", "PUSH_REPLY, auth-token,ping 1", "abc")]
    [InlineData("PUSH_REPLY,auth-token old,auth-token newer", "PUSH_REPLY,auth-token,auth-token", "newer")]
    [InlineData("PUSH_REPLY,auth-token é€", "PUSH_REPLY,auth-token", "é€")]
    [InlineData("PUSH_REPLY,auth-token-user YWxpY2U=", "PUSH_REPLY,auth-token-user YWxpY2U=", null)]
    [InlineData("PUSH_REPLY,echo auth-token abc", "PUSH_REPLY,echo auth-token abc", null)]
    [InlineData("PUSH_REPLY,auth-token", "PUSH_REPLY,auth-token", null)]
    [InlineData("PUSH_REPLY,auth-token a\u0007b", "PUSH_REPLY,auth-token a\u0007b", null)]
    [InlineData("PUSH_REPLY,,,", "PUSH_REPLY,,,", null)]
    [InlineData("PUSH_REPLY", "PUSH_REPLY", null)]
    public void Message_WithAToken_LosesItsValueOnly(string text, string left, string? token)
    {
        byte[] room = Encoding.UTF8.GetBytes(text);
        Span<byte> message = room;
        using SecretBytes? cut = PushedToken.Cut(ref message);
        Assert.Equal(left, Encoding.UTF8.GetString(message));
        Assert.Equal(token, cut is null ? null : Encoding.UTF8.GetString(cut.Span));
        Assert.Equal(-1, room.AsSpan(message.Length).IndexOfAnyExcept((byte)0));
    }

    [Fact]
    public void Token_Pushed_IsTheClientsPasswordAtTheNextKeyAndInNoLine()
    {
        const string Token = "SESS_ID_AT_0123456789";
        List<string> passwords = [];
        using Link link = new(SessionTests.Settings("TlsCrypt") with { Username = "alice", Password = "first"u8.ToArray() }, SessionTests.Settings("TlsCrypt"))
        {
            Push = ["echo 1", "auth-token", "ping 10"],
            Token = Token,
        };
        link.Judge = request =>
        {
            passwords.Add(Encoding.UTF8.GetString(request.Password.Span));
            return null;
        };
        link.RunUntil(() => link.Client.IsConnected && link.Server!.IsConnected);
        Assert.Equal(Token, Encoding.UTF8.GetString(link.Client.AuthToken!.Value.Span));
        Assert.True(link.Client.Renegotiate(link.Now));
        link.RunUntil(() => link.ServerEvents.OfType<SessionRekeyed>().Any());
        link.RunFor(TimeSpan.FromSeconds(5));
        Assert.Equal(["first", Token], passwords);
        Assert.Contains(link.ClientEvents.OfType<SessionNote>(), n => n.Text.Contains("auth-token [redacted],ping 10", StringComparison.Ordinal));
        Assert.DoesNotContain(link.ClientEvents.Concat(link.ServerEvents), e => e.ToString()!.Contains(Token, StringComparison.Ordinal));
    }
}
