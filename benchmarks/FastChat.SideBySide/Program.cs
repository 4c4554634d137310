using System.Globalization;
using FastChat.SideBySide;
using FastChat.SideBySide.Servers;
using FastChat.SideBySide.Tls;
using FastChat.SideBySide.Works;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is ["--help" or "-h"])
{
    Console.WriteLine(RunOptions.Usage);
    return 0;
}

if (!OperatingSystem.IsLinux())
{
    Console.Error.WriteLine("It counts CPU and memory as Linux does, and runs only there.");
    return 2;
}

switch (args)
{
    case ["tls"]:
        await TlsConnections.MeasureAsync();
        return 0;
    case ["bare-tls", string certificate]: // Started by the line above.
        await BareTlsServer.RunAsync(certificate);
        return 0;
}

RunOptions options;
try
{
    options = RunOptions.Parse(args);
}
catch (ArgumentException wrong)
{
    Console.Error.WriteLine(wrong.Message);
    return 2;
}

Cores cores = Cores.Take();
Console.WriteLine($"{DateTime.UtcNow:yyyy-MM-dd}, .NET {Environment.Version}, {cores}; messages of 128 bytes; FastChat's rooms are ephemeral");
Console.WriteLine();
List<(Work Work, List<WorkResult> Results)> all = [];
foreach (Work work in options.Works)
{
    List<WorkResult> results = [];
    foreach (Contender contender in options.Contenders) results.Add(work.Run(contender, cores, new Progress(work.Name, contender.Name)));
    all.Add((work, results));
}

ResultTable.PrintHead(options.Contenders, Console.Out);
foreach ((Work work, List<WorkResult> results) in all) ResultTable.PrintRows(work, results, Console.Out);
return all.SelectMany(static one => one.Results).All(static result => result.Faults.Count == 0) ? 0 : 1;
