namespace FastChat.Benchmarks.Kit;

/// <summary>
/// Names the production types that a class of benchmarks measures. A test runs its benchmarks, all but the baseline, and fails when one allocates
/// after warm-up; another finds for each file of the data plane the class that covers it.
/// </summary>
/// <param name="types">The types.</param>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class CoversAttribute(params Type[] types) : Attribute
{
    /// <summary>The types.</summary>
    public IReadOnlyList<Type> Types { get; } = types;
}
