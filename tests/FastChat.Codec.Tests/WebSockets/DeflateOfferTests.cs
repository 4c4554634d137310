using System.Text;
using FastChat.Codec.WebSockets;

namespace FastChat.Codec.Tests.WebSockets;

/// <summary>Which offers of compression are honoured (RFC 7692, 7.1; what Autobahn's section 13 checks).</summary>
public sealed class DeflateOfferTests
{
    [Theory]
    [InlineData("permessage-deflate", 0)]
    [InlineData("Permessage-Deflate", 0)]
    [InlineData("permessage-deflate; server_no_context_takeover", 0)]
    [InlineData("permessage-deflate;client_no_context_takeover;server_no_context_takeover", 0)]
    [InlineData("permessage-deflate; client_max_window_bits", 0)]
    [InlineData("permessage-deflate ;\tclient_max_window_bits = 8", 0)]
    [InlineData("permessage-deflate; client_max_window_bits=\"15\"", 0)]
    [InlineData("permessage-deflate; server_max_window_bits=8", 8)]
    [InlineData("permessage-deflate; server_max_window_bits=\"9\"", 9)]
    [InlineData("permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=12; client_max_window_bits=10", 12)]
    [InlineData("permessage-deflate; server_max_window_bits=15", 15)]
    [InlineData(", permessage-deflate ,", 0)]
    [InlineData("x-webkit-deflate-frame, permessage-deflate", 0)]
    [InlineData("permessage-bzip2; a=\"b, permessage-deflate; server_max_window_bits=9\"; c, permessage-deflate; server_max_window_bits=11", 11)]
    [InlineData("permessage-deflate; server_max_window_bits=16, permessage-deflate; server_max_window_bits=10", 10)]
    [InlineData("permessage-deflate; server_max_window_bits=, permessage-deflate", 0)]
    [InlineData("permessage-deflate; server_max_window_bits=\"10, permessage-deflate\"; ; x, permessage-deflate; server_max_window_bits=14", 14)]
    [InlineData("permessage-deflate client_max_window_bits, permessage-deflate", 0)]
    [InlineData("permessage-deflate; server_max_window_bits=9, permessage-deflate", 9)]
    public void The_first_offer_that_can_be_honoured_is(string offers, byte serverWindowBits)
    {
        Assert.True(DeflateOffer.TryChoose(Encoding.ASCII.GetBytes(offers), out DeflateOffer offer));
        Assert.Equal(serverWindowBits, offer.ServerWindowBits);
        string answer = "permessage-deflate; server_no_context_takeover; client_no_context_takeover" + (serverWindowBits == 0 ? "" : $"; server_max_window_bits={serverWindowBits}");
        Assert.Equal(answer, Encoding.ASCII.GetString(offer.Answer));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" , ,")]
    [InlineData("permessage-deflate2")]
    [InlineData("x-webkit-deflate-frame; permessage-deflate")]
    [InlineData("permessage-deflate; something")]
    [InlineData("permessage-deflate; server_max_window_bits")]
    [InlineData("permessage-deflate; server_max_window_bits=7")]
    [InlineData("permessage-deflate; server_max_window_bits=16")]
    [InlineData("permessage-deflate; server_max_window_bits=08")]
    [InlineData("permessage-deflate; server_max_window_bits=1")]
    [InlineData("permessage-deflate; server_max_window_bits=100")]
    [InlineData("permessage-deflate; server_max_window_bits=+9")]
    [InlineData("permessage-deflate; server_max_window_bits=\"\"")]
    [InlineData("permessage-deflate; server_max_window_bits=\"9")]
    [InlineData("permessage-deflate; client_max_window_bits=7")]
    [InlineData("permessage-deflate; client_max_window_bits=16")]
    [InlineData("permessage-deflate; client_max_window_bits=")]
    [InlineData("permessage-deflate; server_no_context_takeover=true")]
    [InlineData("permessage-deflate; client_no_context_takeover=1")]
    [InlineData("permessage-deflate; client_no_context_takeover; client_no_context_takeover")]
    [InlineData("permessage-deflate; server_max_window_bits=9; server_max_window_bits=9")]
    [InlineData("permessage-deflate; client_max_window_bits; client_max_window_bits=9")]
    [InlineData("permessage-deflate;")]
    [InlineData("permessage-deflate;;")]
    [InlineData("permessage-deflate; =9")]
    [InlineData("permessage-deflate client_max_window_bits")]
    [InlineData("=")]
    [InlineData("\"permessage-deflate\"")]
    public void What_cannot_be_honoured_is_declined(string offers) => Assert.False(DeflateOffer.TryChoose(Encoding.ASCII.GetBytes(offers), out _));

    [Fact]
    public void Any_text_is_read_to_its_end()
    {
        const string Letters = "permessage-deflate;=,\" \\x9";
        Random random = new(7);
        for (int i = 0; i < 100_000; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => random.Next(4) == 0 ? "permessage-deflate" : Letters[random.Next(Letters.Length)].ToString()));
            DeflateOffer.TryChoose(Encoding.ASCII.GetBytes(text), out _);
        }
    }
}
