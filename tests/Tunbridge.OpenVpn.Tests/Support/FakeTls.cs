// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Tests.Support;

/// <summary>
/// TLS as a script: three flights of given sizes, then records in clear text. Both ends of a connection export the same bytes, which
/// depend on what the client sent first.
/// </summary>
internal sealed class FakeTls(TlsRole role) : ITlsContext
{
    private static int s_connections;

    internal static readonly int[] FlightSizes = [289, 3000, 1800];

    /// <summary>Makes each connection fail when the peer's first flight has come.</summary>
    internal bool Fails { get; init; }

    /// <summary>How long the flights are, the client's first; both ends must have the same.</summary>
    internal int[] Flights { get; init; } = FlightSizes;

    public IReadOnlyList<string> Remarks => [];

    public PeerCertificate? OwnCertificate => null;

    /// <summary>Connections that have not been disposed.</summary>
    internal int Living { get; private set; }

    public ITlsEngine CreateEngine()
    {
        Living++;
        return new Engine(role, Interlocked.Increment(ref s_connections), Fails, Flights) { Ended = () => Living-- };
    }

    public void Dispose()
    {
        // holds nothing
    }

    private sealed class Engine(TlsRole role, int number, bool fails, int[] flights) : ITlsEngine
    {
        private readonly List<byte> _toPeer = [];
        private readonly List<byte> _fromPeer = [];
        private readonly Queue<byte[]> _records = [];
        private int _flight;        // flights sent or received
        private uint _nonce;
        private bool _hasBegun;
        private int _readSoFar;     // of the first record

        internal required Action Ended { get; set; }

        public TlsRole Role => role;

        public TlsState State { get; private set; }

        public TlsFailure? Failure { get; private set; }

        public IReadOnlyList<PeerCertificate> PeerChain => [];

        public IReadOnlyList<string> Remarks => [];

        public string Description => "a script";

        public int PendingCiphertext => _toPeer.Count;

        public TlsState Step(DateTimeOffset now, ReadOnlySpan<byte> ciphertext)
        {
            if (!_hasBegun && role == TlsRole.Client)
                SendFlight((uint)number);
            _hasBegun = true;
            _fromPeer.AddRange(ciphertext);
            while (State != TlsState.Failed && TryTake(out byte type, out byte[] content))
                Handle(type, content);
            return State;
        }

        public int TakeCiphertext(Span<byte> destination)
        {
            int count = Math.Min(destination.Length, _toPeer.Count);
            for (int i = 0; i < count; i++)
                destination[i] = _toPeer[i];
            _toPeer.RemoveRange(0, count);
            return count;
        }

        public bool TryWrite(ReadOnlySpan<byte> plaintext)
        {
            if (State != TlsState.Established)
                return false;
            Put(23, plaintext);
            return true;
        }

        public int Read(Span<byte> plaintext)
        {
            if (!_records.TryPeek(out byte[]? record))
                return 0;
            int count = Math.Min(plaintext.Length, record.Length - _readSoFar);
            record.AsSpan(_readSoFar, count).CopyTo(plaintext);
            _readSoFar += count;
            if (_readSoFar == record.Length)
            {
                _records.Dequeue();
                _readSoFar = 0;
            }
            return count;
        }

        public bool TryExport(string label, Span<byte> destination)
        {
            if (State != TlsState.Established)
                return false;
            HKDF.Expand(HashAlgorithmName.SHA256, BitConverter.GetBytes(_nonce).Concat(new byte[28]).ToArray(), destination,
                Encoding.ASCII.GetBytes(label));
            return true;
        }

        public void Close()
        {
            // no alert in this script
        }

        public void Dispose()
        {
            Ended();
            Ended = static () => { };
            // holds nothing
        }

        private void Handle(byte type, byte[] content)
        {
            if (type == 23)
            {
                _records.Enqueue(content);
                return;
            }
            if (fails || content.Length < flights.Min() || type != 22)
            {
                State = TlsState.Failed;
                Failure = new TlsFailure { Reason = TlsFailureReason.Untrusted, Message = "scripted refusal" };
                return;
            }
            _nonce = BinaryPrimitives.ReadUInt32BigEndian(content);
            _flight++;
            if (_flight < flights.Length)
                SendFlight(_nonce);
            if (_flight == flights.Length)
                State = TlsState.Established;
        }

        private void SendFlight(uint nonce)
        {
            _nonce = nonce;
            byte[] content = new byte[flights[_flight++]];
            BinaryPrimitives.WriteUInt32BigEndian(content, nonce);
            Put(22, content);
            if (_flight == flights.Length)
                State = TlsState.Established;
        }

        private void Put(byte type, ReadOnlySpan<byte> content)
        {
            _toPeer.AddRange([type, (byte)(content.Length >> 8), (byte)content.Length]);
            _toPeer.AddRange(content);
        }

        private bool TryTake(out byte type, out byte[] content)
        {
            (type, content) = (0, []);
            if (_fromPeer.Count < 3)
                return false;
            int length = (_fromPeer[1] << 8) | _fromPeer[2];
            if (_fromPeer.Count < 3 + length)
                return false;
            type = _fromPeer[0];
            content = [.. _fromPeer.Skip(3).Take(length)];
            _fromPeer.RemoveRange(0, 3 + length);
            return true;
        }
    }
}
