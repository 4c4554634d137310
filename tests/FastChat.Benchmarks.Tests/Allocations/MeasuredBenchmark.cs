using System.Diagnostics;
using System.Reflection;
using BenchmarkDotNet.Attributes;
using FastChat.Benchmarks.Kit;

namespace FastChat.Benchmarks.Tests.Allocations;

/// <summary>A class of benchmarks with one value of each parameter, run here in place of BenchmarkDotNet's own engine.</summary>
internal sealed class MeasuredBenchmark
{
    private static readonly TimeSpan RoundTime = TimeSpan.FromMilliseconds(20);

    private readonly Type _type;
    private readonly (PropertyInfo Property, object? Value)[] _parameters;

    private MeasuredBenchmark(Type type, (PropertyInfo Property, object? Value)[] parameters)
    {
        _type = type;
        _parameters = parameters;
    }

    /// <summary>All classes that have benchmarks.</summary>
    public static IEnumerable<Type> Classes { get; } =
        [.. typeof(CoversAttribute).Assembly.GetTypes().Where(static type => BenchmarksOf(type).Any()).OrderBy(static type => type.FullName, StringComparer.Ordinal)];

    /// <summary>A class with every combination of its parameters.</summary>
    public static IEnumerable<MeasuredBenchmark> AllOf(Type type)
    {
        IEnumerable<(PropertyInfo, object?)[]> combinations = [[]];
        foreach (PropertyInfo property in type.GetProperties())
        {
            if (property.GetCustomAttribute<ParamsAttribute>() is not { } values) continue;
            combinations = [.. combinations.SelectMany(_ => values.Values, (chosen, value) => ((PropertyInfo, object?)[])[.. chosen, (property, value)])];
        }

        return combinations.Select(chosen => new MeasuredBenchmark(type, chosen));
    }

    /// <summary>The benchmarks of ours in a class: baselines belong to others.</summary>
    public static IEnumerable<MethodInfo> BenchmarksOf(Type type) =>
        type.GetMethods().Where(static method => method.GetCustomAttribute<BenchmarkAttribute>() is { Baseline: false });

    /// <summary>Which of the benchmarks allocate after warm-up, a line each.</summary>
    /// <param name="patience">How long each is given to have a round without one.</param>
    public List<string> FindAllocations(TimeSpan patience)
    {
        object instance = Activator.CreateInstance(_type)!;
        try
        {
            foreach ((PropertyInfo property, object? value) in _parameters) property.SetValue(instance, value);
            CallAll<GlobalSetupAttribute>(instance);
            List<string> found = [];
            foreach (MethodInfo method in BenchmarksOf(_type))
            {
                (long bytes, long count) = Measure(ActionOf(method, instance), patience);
                if (bytes != 0) found.Add($"{_type.Name}.{method.Name}({string.Join(", ", _parameters.Select(static one => one.Value))}): {bytes} bytes in {count} operations");
            }

            return found;
        }
        finally
        {
            CallAll<GlobalCleanupAttribute>(instance);
        }
    }

    /// <summary>
    /// Runs in rounds, each as long as all before it together, until one allocates nothing: what grows by doubling would double in every
    /// round. Later rounds are needed where the just-in-time compiler comes late, or a collection has trimmed a pool.
    /// </summary>
    /// <returns>Bytes that the last round allocated on this thread, and its operations.</returns>
    private static (long Bytes, long Count) Measure(Action operation, TimeSpan patience)
    {
        long count = 0;
        long start = Stopwatch.GetTimestamp();
        while (count < 10 || Stopwatch.GetElapsedTime(start) < RoundTime)
        {
            operation();
            count++;
        }

        while (true)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (long i = 0; i < count; i++) operation();
            long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
            if (bytes == 0 || Stopwatch.GetElapsedTime(start) > patience) return (bytes, count);
            count *= 2;
        }
    }

    private void CallAll<TAttribute>(object instance)
        where TAttribute : Attribute
    {
        foreach (MethodInfo method in _type.GetMethods().Where(static method => method.IsDefined(typeof(TAttribute)))) ActionOf(method, instance)();
    }

    private static Action ActionOf(MethodInfo method, object instance)
    {
        if (method.ReturnType == typeof(void)) return method.CreateDelegate<Action>(instance);
        return (Action)typeof(MeasuredBenchmark)
            .GetMethod(nameof(Discarding), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(method.ReturnType)
            .Invoke(null, [method, instance])!;
    }

    private static Action Discarding<T>(MethodInfo method, object instance)
    {
        Func<T> benchmark = method.CreateDelegate<Func<T>>(instance);
        return () => benchmark();
    }
}
