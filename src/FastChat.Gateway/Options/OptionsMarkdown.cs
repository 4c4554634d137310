using System.Globalization;
using System.Text;

namespace FastChat.Gateway.Options;

/// <summary>Writes docs/configuration.md from the option classes.</summary>
internal static class OptionsMarkdown
{
    private const string Introduction = """
        # Configuration

        <!-- Written by: dotnet run --project src/FastChat.Gateway -- --print-options > docs/configuration.md -->

        Everything has a default; the gateway starts without any of this. Options are set in, the later wins:

        1. `fastchat.json` in the current folder, or the file that `--config FILE` names (which must be there);
        2. environment variables `FASTCHAT_Section__Key`, two underscores between section and key; empty ones count as not set;
        3. the command line, `--Section:Key=value` or `--Section:Key value`.

        ```json
        {
          "Listen": { "Urls": "http://0.0.0.0:8000" },
          "Origins": { "Allowed": ["https://app.example.com"] },
          "Limits": { "MessageBytesMax": "128KB", "IdleTimeout": "2m" },
          "Rooms": { "Policies": [{ "Match": "support.*", "Retention": { "Messages": 5000, "Age": "7d" } }] }
        }
        ```

        The same from the environment and the command line:

        ```
        FASTCHAT_Limits__MessageBytesMax=128KB  FASTCHAT_Rooms__Policies__0__Match='support.*'
        --Limits:MessageBytesMax=128KB --Rooms:Policies:0:Match='support.*'
        ```

        - Names are compared without case. Comments and trailing commas are allowed in the file.
        - Numbers may carry `KB`, `MB` or `GB` (1,024 each step). Times are written `250ms`, `25s`, `5m`, `1h`, `7d` or `00:00:25`.
        - A list may be written as one text with commas. A list in a later source takes the place of the whole earlier list.
        - Short forms: `--urls` is `--Listen:Urls`. `ASPNETCORE_URLS` counts as an environment variable that yields to `FASTCHAT_Listen__Urls`; `PORT` (a port on all interfaces) yields to everything else. Other `ASPNETCORE_` variables, and `DOTNET_ENVIRONMENT`, change nothing.
        - Variables that Kubernetes makes for a service named `fastchat` (`FASTCHAT_SERVICE_HOST`, `FASTCHAT_PORT`, …) are no options and are ignored.
        - An unknown option, a value that cannot be read or is out of range, and options that do not fit each other stop the start. All that is wrong is listed at once, one line each, and the exit code is 2. When the configuration is right but the gateway cannot start (the port is in use, the data folder belongs to another gateway), it says so in one line and the exit code is 1.
        - `--check-config` reads and checks everything and starts nothing.

        """;

    /// <summary>The whole page.</summary>
    public static string Write()
    {
        StringBuilder page = new(Introduction);
        foreach ((string name, string description, IReadOnlyList<OptionEntry> entries) in OptionCatalog.Sections)
        {
            page.Append(CultureInfo.InvariantCulture, $"\n## {name}\n\n{description}\n\n| option | default | range | what it does |\n| --- | --- | --- | --- |\n");
            foreach (OptionEntry entry in entries)
                page.Append(CultureInfo.InvariantCulture, $"| `{entry.Key}` | {Default(entry)} | {Range(entry)} | {entry.About.Description} |\n");
        }
        return page.ToString();
    }

    private static string Default(OptionEntry entry)
    {
        if (entry.About.WhenUnset is string words) return words;
        string value = $"`{OptionText.Format(entry.Default)}`";
        return entry.About.Unit is string unit ? $"{value} {unit}" : value;
    }

    private static string Range(OptionEntry entry)
    {
        if (entry.Type.IsEnum) return string.Join(", ", OptionText.Choices(entry.Type).Select(choice => $"`{choice}`"));
        if (entry.Type == typeof(bool)) return "`true`, `false`";
        return entry.Range?.ToString() ?? "";
    }
}
