using System.Text;
using FastChat.Codec.Messages;
using FastChat.Fanout.Delivery;
using FastChat.Fanout.Log;
using FastChat.Fanout.Loops;
using FastChat.Fanout.Presence;
using FastChat.Fanout.Rooms;
using FastChat.Gateway.Security;

namespace FastChat.Gateway.Rest;

/// <summary>Publishes to rooms for requests that have no connection. Any thread.</summary>
internal sealed class RoomSender
{
    private readonly RoomDirectory _rooms;
    private readonly PersonDirectory _persons;
    private readonly Func<Loop> _nextLoop;

    /// <param name="rooms">All rooms.</param>
    /// <param name="persons">Who holds which name: nobody sends under somebody's.</param>
    /// <param name="nextLoop">A loop to publish on.</param>
    public RoomSender(RoomDirectory rooms, PersonDirectory persons, Func<Loop> nextLoop)
    {
        _rooms = rooms;
        _persons = persons;
        _nextLoop = nextLoop;
    }

    /// <inheritdoc cref="SendToRoom"/>
    public async ValueTask<SendResult> SendAsync(string room, PersonName user, string text, string id, CancellationToken cancellation)
    {
        bool isSystem = ReferenceEquals(user, PersonName.OfSystem);
        if (!isSystem && _persons.IsHeld(user.Folded))
            return new SendResult(ErrorCode.NameTaken, "", 0, $"user: the name {user.Display} is held by somebody connected; send under another one.");

        Person author = new(IdOf(user), Encoding.UTF8.GetBytes(user.Display), user.Folded);
        Request request = new(_rooms, _nextLoop(), author, Encoding.ASCII.GetBytes(room), Encoding.UTF8.GetBytes(text), Encoding.UTF8.GetBytes(id));
        return await request.RunAsync().WaitAsync(cancellation);
    }

    /// <summary>The same name is the same author, so that a repeated id is found; no guest's id is made this way.</summary>
    private static PersonId IdOf(PersonName user)
    {
        if (ReferenceEquals(user, PersonName.OfSystem)) return default;
        Span<byte> digest = stackalloc byte[System.Security.Cryptography.SHA256.HashSizeInBytes];
        System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes("http:" + user.Folded), digest);
        return new PersonId(BitConverter.ToInt64(digest));
    }

    private sealed class Request(RoomDirectory rooms, Loop loop, Person author, byte[] roomId, byte[] text, byte[] id) : LoopWork, IPublisher
    {
        private readonly TaskCompletionSource<SendResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<SendResult> RunAsync()
        {
            loop.Post(this);
            return _result.Task;
        }

        public override void Run()
        {
            BatchEntry entry = new() { Kind = BatchEntryKind.Msg, Publisher = this, Author = author, AwaitsAnswer = true };
            Publication publication = new() { TimestampMs = loop.NowUnixMs, User = author.Name, Id = id, Text = text };
            Room? room;
            do
            {
                ErrorCode code = rooms.FindOrMake(roomId, null, out room);
                if (code == ErrorCode.None) continue;
                _result.SetResult(new SendResult(code, "", 0, code == ErrorCode.UnknownRoom ? "There is no such room." : "The gateway keeps as many rooms as it can."));
                return;
            }
            while (!room!.TryPublish(loop, entry, publication));
        }

        public void OnPublished(Room room, long offset, ReadOnlySpan<byte> messageId, int recordBytes) =>
            _result.SetResult(new SendResult(ErrorCode.None, Encoding.ASCII.GetString(RoomEpoch.Text(in room.Epoch)), offset));
    }
}
