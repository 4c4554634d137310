// Data plane: no allocation after warm-up. See SessionBenchmarks.
using System.Diagnostics;
using FastChat.Fanout.Rooms;

namespace FastChat.Gateway.Sessions;

/// <summary>
/// Holding a peer back: with too much unanswered or unsent, the connection is not read, and what is left of the message at hand waits.
/// Each answer by the log, and each time that the outbox is empty, is looked at whether to go on.
/// </summary>
internal sealed partial class Session
{
    private SessionTurn? _turn;     // Made by PlanTurn; holds what is left of a message.
    private bool _isInputPaused;
    private bool _isHeldByRoom;     // A room that it publishes to is full: until all is answered.
    private int _unansweredPublishes;
    private int _unansweredBytes;

    /// <summary>Whether so much waits for an answer, or to be sent, that no further command is taken.</summary>
    public bool IsFull =>
        _isHeldByRoom || _unansweredPublishes >= _limits.UnansweredPublishesMax || _unansweredBytes >= _limits.UnansweredBytesMax
        || ControlBytes > _limits.AnswerBytesMax || PendingBytes - _limits.AnswerBytesMax > _limits.OutboxBytesMax;

    /// <summary>Whether no input is taken until <see cref="Connections.Link.ResumeReading"/>.</summary>
    public bool IsInputPaused => _isInputPaused;

    private bool HasHeldOver => _turn is { HeldOver.Length: > 0 };

    /// <summary>One more publish that the log is to answer.</summary>
    public void AwaitAnswer(int recordBytes)
    {
        _unansweredPublishes++;
        _unansweredBytes += recordBytes;
    }

    /// <inheritdoc/>
    public override void OnPublished(Room room, long offset, ReadOnlySpan<byte> id, int recordBytes)
    {
        _unansweredPublishes--;
        _unansweredBytes -= recordBytes;
        Debug.Assert(_unansweredPublishes >= 0 && _unansweredBytes >= 0);
        if (IsClosing) return;
        if (!id.IsEmpty) WriteAck(room, offset, id);
        if (_unansweredPublishes == 0)
        {
            _isHeldByRoom = false;
            if (_isPeerFinished) PlanTurn(); // It was to be answered before it goes.
        }

        if (_isInputPaused) ResumeIfPossible();
    }

    /// <inheritdoc/>
    protected internal override void OnRoomFull() => _isHeldByRoom = true;

    /// <summary>Goes on with what was left of a message.</summary>
    private void GoOn()
    {
        if (HasHeldOver && !IsFull)
        {
            Memory<byte> message = _turn!.HeldOver;
            _turn.HeldOver = default;
            int taken = _commands.OnMessage(this, isText: false, message.Span);
            if (IsClosing) return;
            if (taken < message.Length) HoldOver(message[taken..]);
            else ResumeIfPossible();
        }
    }

    private void HoldOver(Memory<byte> message)
    {
        _turn ??= new SessionTurn(this);
        _turn.HeldOver = message;
        PauseInput();
    }

    private void PauseInput()
    {
        if (_isInputPaused) return;
        _isInputPaused = true;
        SessionMetrics.HeldBack(
            _isHeldByRoom ? HoldBackReason.Room
            : _unansweredPublishes >= _limits.UnansweredPublishesMax ? HoldBackReason.Publishes
            : _unansweredBytes >= _limits.UnansweredBytesMax ? HoldBackReason.Bytes
            : ControlBytes > _limits.AnswerBytesMax ? HoldBackReason.Answers
            : HoldBackReason.Outbox);
    }

    private void ResumeIfPossible()
    {
        if (IsFull) return;
        if (HasHeldOver) PlanTurn();
        else Resume();
    }

    private void Resume()
    {
        _isInputPaused = false;
        ForgetPause();
        _link.ResumeReading();
        if (_isPeerFinished) PlanTurn(); // All that it said is dealt with only now.
    }
}
