using FastChat.Gateway.Options;

namespace FastChat.Gateway.Hosting;

/// <summary>What the command line asks for.</summary>
internal sealed class CommandLine
{
    private const string Source = "command line";

    private CommandLine()
    {
    }

    /// <summary>What to do.</summary>
    public CommandLineTask Task { get; private set; } = CommandLineTask.Run;

    /// <summary>The file that <c>--config</c> names; null when it was not given.</summary>
    public string? ConfigFile { get; private set; }

    /// <summary>The options that were given.</summary>
    public SettingNode Settings { get; } = new(Source);

    /// <summary>Reads the arguments. What cannot be understood is added to <paramref name="problems"/>; unknown options are found later, with all others.</summary>
    public static CommandLine Parse(IReadOnlyList<string> arguments, List<string> problems)
    {
        CommandLine line = new();
        for (int i = 0; i < arguments.Count; i++)
        {
            string argument = arguments[i];
            if (TaskOf(argument) is CommandLineTask task)
            {
                line.Task = task;
                continue;
            }
            if (!argument.StartsWith("--", StringComparison.Ordinal) || argument.Length == 2)
            {
                problems.Add($"unknown argument \"{argument}\"; options are written --Section:Key=value, see --help");
                continue;
            }
            int equals = argument.IndexOf('=', StringComparison.Ordinal);
            string key = equals < 0 ? argument[2..] : argument[2..equals];
            if (equals >= 0) line.Set(key, argument[(equals + 1)..]);
            else if (i + 1 < arguments.Count && !arguments[i + 1].StartsWith("--", StringComparison.Ordinal)) line.Set(key, arguments[++i]);
            else problems.Add($"--{key} needs a value: --{key}=value");
        }
        return line;
    }

    private static CommandLineTask? TaskOf(string argument) => argument switch
    {
        "--help" or "-h" or "-?" => CommandLineTask.ShowHelp,
        "--version" => CommandLineTask.ShowVersion,
        "--check-config" => CommandLineTask.CheckConfiguration,
        "--print-options" => CommandLineTask.PrintOptions,
        _ => null,
    };

    private void Set(string key, string value)
    {
        if (string.Equals(key, "config", StringComparison.OrdinalIgnoreCase)) ConfigFile = value;
        else if (string.Equals(key, "urls", StringComparison.OrdinalIgnoreCase)) Settings.Set("Listen:Urls", value, Source);
        else Settings.Set(key, value, Source);
    }
}

/// <summary>What a start of the program is for.</summary>
internal enum CommandLineTask
{
    Run,
    ShowHelp,
    ShowVersion,
    CheckConfiguration,
    PrintOptions,
}
