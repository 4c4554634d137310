namespace FastChat.SideBySide.Works;

/// <summary>What one server did in one work.</summary>
/// <param name="Figures">In the order of the table's rows.</param>
/// <param name="Deliveries">Deliveries that came, each in its place; 0 for a work that publishes nothing.</param>
/// <param name="ClientLoad">Part of its core that the load client was busy: near 1 it is the bottleneck, not the server.</param>
/// <param name="Faults">What went wrong.</param>
internal sealed record WorkResult(IReadOnlyList<Figure> Figures, long Deliveries, double ClientLoad, IReadOnlyList<string> Faults);

/// <summary>One figure.</summary>
/// <param name="What">What is measured, with its unit.</param>
/// <param name="Value">The value.</param>
internal sealed record Figure(string What, double Value);
