using System.Globalization;

namespace FastChat.Gateway.Hosting;

/// <summary>The folder with what outlives the process, held by one gateway at a time until disposed.</summary>
/// <remarks>
/// The lock is an advisory lock of the system on <c>lock</c>, which ends with its process however that ends. The process id stands in a
/// file of its own, because a locked file cannot be read everywhere; one that a killed gateway left behind means nothing.
/// </remarks>
internal sealed class DataFolder : IDisposable
{
    private const string LockName = "lock";
    private const string ProcessName = "gateway.pid";

    private readonly FileStream? _lock;

    private DataFolder(string path, FileStream? held, string? fault)
    {
        FullPath = path;
        _lock = held;
        Fault = fault;
    }

    public string FullPath { get; }

    /// <summary>Whether it can be written; else what should be kept stays in memory.</summary>
    public bool IsWritable => _lock is not null;

    /// <summary>Why it cannot be written; null when it can.</summary>
    public string? Fault { get; }

    /// <summary>Makes the folder when it is missing, and takes it.</summary>
    /// <exception cref="StartException">Another gateway has it, or the path is no folder's.</exception>
    public static DataFolder Open(string path)
    {
        string full;
        try
        {
            full = Path.GetFullPath(path);
        }
        catch (Exception failure) when (failure is ArgumentException or IOException)
        {
            // No path at all, or a relative one while the current folder was deleted.
            throw new StartException(StartException.WrongConfiguration, $"Data:Folder is \"{path}\"; it must be a path: {failure.Message}");
        }
        if (File.Exists(full)) throw new StartException(StartException.WrongConfiguration, $"Data:Folder is {full}, which is a file");
        FileStream? held = null;
        try
        {
            Directory.CreateDirectory(full);
            held = new FileStream(Path.Combine(full, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.WriteAllText(Path.Combine(full, ProcessName), Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n");
            return new DataFolder(full, held, null);
        }
        catch (IOException failure) when (IsHeld(failure))
        {
            throw new StartException(StartException.CannotStart, $"the data folder {full} is in use by {NameHolder(full)}; choose another with --Data:Folder");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            held?.Dispose();
            return new DataFolder(full, null, failure.Message);
        }
    }

    /// <summary>The full path of a file in the folder.</summary>
    public string PathOf(string fileName) => Path.Combine(FullPath, fileName);

    /// <summary>Lets another gateway have the folder.</summary>
    public void Dispose()
    {
        if (_lock is null) return;
        try
        {
            File.Delete(PathOf(ProcessName));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // It means nothing without the lock.
        }
        _lock.Dispose();
    }

    /// <summary>EWOULDBLOCK of Linux and of macOS, and Windows' sharing violation: .NET has no exception of its own for them.</summary>
    private static bool IsHeld(IOException failure) => failure.HResult is 11 or 35 or unchecked((int)0x80070020);

    private static string NameHolder(string folder)
    {
        try
        {
            return $"process {File.ReadAllText(Path.Combine(folder, ProcessName)).Trim()}";
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return "another gateway";
        }
    }
}
