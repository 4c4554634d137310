using System.Globalization;
using System.Text;

namespace FastChat.Client;

/// <summary>Everything that can go wrong with a gateway, by name.</summary>
public sealed class FastChatException : Exception
{
    private static readonly Dictionary<string, FastChatError> _byCode = Enum.GetValues<FastChatError>().ToDictionary(CodeOf);

    /// <summary>Names a failure of the client's own.</summary>
    public FastChatException(FastChatError error, string message, Exception? innerException = null) : base(message, innerException)
    {
        Error = error;
        Code = CodeOf(error);
    }

    /// <summary>Names a refusal by the gateway.</summary>
    internal FastChatException(string code, string message) : base(message)
    {
        Error = _byCode.GetValueOrDefault(code, FastChatError.Other);
        Code = code;
    }

    /// <summary>What went wrong.</summary>
    public FastChatError Error { get; }

    /// <summary>The same as on the wire and in other clients, such as <c>name_taken</c>; there for <see cref="FastChatError.Other"/> too.</summary>
    public string Code { get; }

    /// <summary>The room that it is about, if any.</summary>
    public string? Room { get; internal init; }

    /// <summary>The id of the message that it is about, if any.</summary>
    public string? Id { get; internal init; }

    /// <summary>When to try again, if the gateway said so.</summary>
    public TimeSpan? RetryAfter { get; internal init; }

    /// <summary>With <see cref="FastChatError.NameTaken"/>: a name that is free.</summary>
    public string? Suggestion { get; internal init; }

    /// <summary>With <see cref="FastChatError.Closed"/> and <see cref="FastChatError.ConnectionLost"/>: the close code, if there was one.</summary>
    public int? CloseCode { get; internal init; }

    private static string CodeOf(FastChatError error)
    {
        StringBuilder code = new();
        foreach (char c in error.ToString())
        {
            if (char.IsUpper(c) && code.Length > 0) code.Append('_');
            code.Append(char.ToLower(c, CultureInfo.InvariantCulture));
        }
        return code.ToString();
    }
}
