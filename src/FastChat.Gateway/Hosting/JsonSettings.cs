using System.Globalization;
using System.Text.Json;
using FastChat.Gateway.Options;

namespace FastChat.Gateway.Hosting;

/// <summary>Reads settings from a JSON file: objects are sections, arrays are lists; comments and trailing commas are allowed.</summary>
internal static class JsonSettings
{
    private static readonly JsonDocumentOptions s_format =
        new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 16 };

    /// <returns>The settings, or null after a line in <paramref name="problems"/> that says where the file is broken.</returns>
    public static SettingNode? Read(ReadOnlyMemory<byte> utf8, string fileName, List<string> problems)
    {
        if (utf8.Span.StartsWith("\uFEFF"u8)) utf8 = utf8[3..];
        try
        {
            using JsonDocument document = JsonDocument.Parse(utf8, s_format);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                problems.Add($"{fileName} must hold one JSON object");
                return null;
            }
            SettingNode settings = new(fileName);
            Read(document.RootElement, settings, "", fileName, problems);
            return settings;
        }
        catch (JsonException failure)
        {
            problems.Add($"{fileName} is not JSON, line {failure.LineNumber + 1}: {FirstSentence(failure.Message)}");
            return null;
        }
        catch (InvalidOperationException)
        {
            // An escaped half of a surrogate pair: JSON by its grammar, but no text.
            problems.Add($"{fileName} holds a text that is not Unicode");
            return null;
        }
    }

    private static void Read(JsonElement element, SettingNode node, string path, string fileName, List<string> problems)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (JsonProperty member in element.EnumerateObject())
                {
                    // "Limits:IdleTimeout" as one name is the same as a section with a key.
                    string key = path.Length == 0 ? member.Name : $"{path}:{member.Name}";
                    SettingNode child = node;
                    bool isNew = false;
                    foreach (string name in member.Name.Split(':'))
                    {
                        isNew = !child.Children.ContainsKey(name);
                        child = child.Child(name, fileName);
                    }
                    if (!isNew) problems.Add($"{key} stands twice in {fileName}");
                    else Read(member.Value, child, key, fileName, problems);
                }
                break;
            case JsonValueKind.Array:
                node.IsList = true;
                int index = 0;
                foreach (JsonElement item in element.EnumerateArray())
                {
                    string name = index++.ToString(CultureInfo.InvariantCulture);
                    Read(item, node.Child(name, fileName), $"{path}:{name}", fileName, problems);
                }
                break;
            case JsonValueKind.String:
                node.Become(element.GetString()!);
                break;
            case JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False:
                node.Become(element.GetRawText());
                break;
        }
    }

    /// <summary>System.Text.Json appends path and positions, which we say ourselves.</summary>
    private static string FirstSentence(string message)
    {
        int end = message.IndexOf(". ", StringComparison.Ordinal);
        return end < 0 ? message : message[..(end + 1)];
    }
}
