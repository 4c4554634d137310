namespace FastChat.Codec.Tests.WebSockets;

/// <summary>Fragmented messages and what may stand between their frames (what Autobahn's section 5 checks).</summary>
public sealed class FragmentTests
{
    [Fact]
    public void A_text_in_two_and_in_three_fragments_is_one_message()
    {
        Talk.Means("text 616263", Wire.Frame(Wire.Text, "ab", isFinal: false), Wire.Frame(Wire.Continuation, "c"));
        Talk.Means("text 616263", Wire.Frame(Wire.Text, "a", isFinal: false), Wire.Frame(Wire.Continuation, "b", isFinal: false), Wire.Frame(Wire.Continuation, "c"));
    }

    [Fact]
    public void Empty_fragments_count_for_nothing()
    {
        Talk.Means("text ", Wire.Frame(Wire.Text, "", isFinal: false), Wire.Frame(Wire.Continuation, "", isFinal: false), Wire.Frame(Wire.Continuation, ""));
        Talk.Means("text 6D6964", Wire.Frame(Wire.Text, "", isFinal: false), Wire.Frame(Wire.Continuation, "mid", isFinal: false), Wire.Frame(Wire.Continuation, ""));
        Talk.Means("binary 6C617374", Wire.Frame(Wire.Binary, "", isFinal: false), Wire.Frame(Wire.Continuation, "last"));
    }

    [Fact]
    public void Pings_and_pongs_between_fragments_are_told_at_once_and_in_order()
    {
        byte[] start = Wire.Frame(Wire.Text, "ab", isFinal: false), end = Wire.Frame(Wire.Continuation, "cd");
        Talk.Means("ping 7069 | text 61626364", start, Wire.Frame(Wire.Ping, "pi"), end);
        Talk.Means("pong 706F | text 61626364", start, Wire.Frame(Wire.Pong, "po"), end);
        Talk.Means("ping  | ping 31 | text 61626364", start, Wire.Frame(Wire.Ping, ""), Wire.Frame(Wire.Ping, "1"), end);
        Talk.Means(
            "ping 31 | ping 32 | text 61626364 | ping 33",
            start, Wire.Frame(Wire.Ping, "1"), Wire.Frame(Wire.Continuation, "c", isFinal: false), Wire.Frame(Wire.Ping, "2"), Wire.Frame(Wire.Continuation, "d"), Wire.Frame(Wire.Ping, "3"));
    }

    [Fact]
    public void The_largest_ping_within_a_large_message_leaves_the_message_whole()
    {
        byte[] payload = Wire.Pattern(1000), ping = Wire.Pattern(125);
        Talk.Means(
            [$"ping {RecordingSink.Show(ping)}", Talk.Message(false, payload)],
            Wire.Join([Wire.Frame(Wire.Binary, payload.AsSpan(0, 700), isFinal: false), Wire.Frame(Wire.Ping, ping), Wire.Frame(Wire.Continuation, payload.AsSpan(700))]));
    }

    [Fact]
    public void A_close_within_a_message_ends_without_the_message() =>
        Talk.Means("close 1001", Wire.Frame(Wire.Text, "ab", isFinal: false), Wire.CloseWith(1001, []), Wire.Frame(Wire.Continuation, "cd"));

    [Fact]
    public void A_continuation_of_nothing_is_refused()
    {
        byte[] whole = Wire.Frame(Wire.Text, "a");
        Talk.Means("fail ProtocolError", Wire.Frame(Wire.Continuation, "b"), whole);
        Talk.Means("fail ProtocolError", Wire.Frame(Wire.Continuation, "", isFinal: false), whole);
        Talk.Means("text 61 | fail ProtocolError", whole, Wire.Frame(Wire.Continuation, "b"), whole);
        Talk.Means("text 6162 | fail ProtocolError", Wire.Frame(Wire.Text, "a", isFinal: false), Wire.Frame(Wire.Continuation, "b"), Wire.Frame(Wire.Continuation, "c"), whole);
        Talk.Means("ping  | fail ProtocolError", Wire.Frame(Wire.Ping, ""), Wire.Frame(Wire.Continuation, ""));
    }

    [Fact]
    public void A_new_message_within_a_message_is_refused()
    {
        byte[] start = Wire.Frame(Wire.Text, "a", isFinal: false);
        Talk.Means("fail ProtocolError", start, Wire.Frame(Wire.Text, "b"));
        Talk.Means("fail ProtocolError", start, Wire.Frame(Wire.Binary, "", isFinal: false));
        Talk.Means("ping  | fail ProtocolError", start, Wire.Frame(Wire.Ping, ""), start);
    }

    [Fact]
    public void A_message_after_a_fragmented_one_begins_afresh() =>
        Talk.Means(
            "text C3A9 | binary C3 | text 78 | binary A9",
            Wire.Frame(Wire.Text, [0xC3], isFinal: false), Wire.Frame(Wire.Continuation, [0xA9]), Wire.Frame(Wire.Binary, [0xC3]),
            Wire.Frame(Wire.Text, "x"), Wire.Frame(Wire.Binary, [], isFinal: false), Wire.Frame(Wire.Continuation, [0xA9]));
}
