// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text;
using Tunbridge.Testing;

namespace Tunbridge.Linux.Tests.Datagrams;

/// <summary>A namespace of the test's own, and short ways to open sockets in it.</summary>
public abstract class DatagramTest : IDisposable
{
    private protected static readonly TimeSpan Patience = Generous.Patience;

    private readonly CancellationTokenSource _patience =
        CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    protected DatagramTest() => _patience.CancelAfter(Patience);

    private protected TestNamespace Ns { get; } = new();

    /// <summary>Ends a test whose datagrams do not come.</summary>
    private protected CancellationToken Token => _patience.Token;

    public void Dispose()
    {
        Ns.Dispose();
        _patience.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected static DatagramAddress At(string text) => new(IPEndPoint.Parse(text));

    private protected DatagramSocket Open(string local, DatagramSocketOptions? options = null) =>
        DatagramSocket.Open((options ?? new()) with { Local = At(local), Namespace = Ns.Namespace });

    private protected static DatagramSendBatch Fill(DatagramPath to, params ReadOnlySpan<string> texts)
    {
        DatagramSendBatch batch = new(100_000);
        int offset = 0;
        foreach (string text in texts)
        {
            int length = Encoding.UTF8.GetBytes(text, batch.Slab.Span[offset..]);
            Assert.True(batch.TryAdd(to, batch.Slab.Span.Slice(offset, length)));
            offset += length + 3; // not side by side
        }

        return batch;
    }

    /// <summary>Receives until so many datagrams have come.</summary>
    private protected List<string> Receive(DatagramSocket socket, int count, List<DatagramPath>? paths = null)
    {
        DatagramReceiveBatch batch = new(16);
        List<string> texts = [];
        while (texts.Count < count)
        {
            socket.Receive(batch, Token);
            foreach (ref readonly DatagramRun run in batch)
            {
                for (int i = 0; i < run.Count; i++)
                {
                    texts.Add(Encoding.UTF8.GetString(run[i]));
                    paths?.Add(run.Path);
                }
            }
        }

        return texts;
    }
}
