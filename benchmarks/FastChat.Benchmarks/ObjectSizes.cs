using System.Reflection;
using System.Runtime.InteropServices;

namespace FastChat.Benchmarks;

/// <summary>What the objects take that can be reached from a root, by type.</summary>
internal sealed class ObjectSizes
{
    private readonly HashSet<object> _seen = new(ReferenceEqualityComparer.Instance);
    private readonly Stack<object> _open = new();
    private readonly Dictionary<Type, FieldInfo[]> _fields = [];
    private readonly Dictionary<Type, (long Count, long Bytes)> _sizes = [];

    /// <summary>Count and bytes of each type.</summary>
    public IReadOnlyDictionary<Type, (long Count, long Bytes)> Of(object root)
    {
        Visit(root);
        while (_open.TryPop(out object? next)) Add(next);
        return _sizes;
    }

    private void Visit(object? candidate)
    {
        // What the runtime itself made for types and code is no part of the graph.
        if (candidate is null or MemberInfo or Module or Assembly or Pointer or Thread or Delegate) return;
        if (_seen.Add(candidate)) _open.Push(candidate);
    }

    private void Add(object item)
    {
        Type type = item.GetType();
        ref (long Count, long Bytes) size = ref CollectionsMarshal.GetValueRefOrAddDefault(_sizes, type, out _);
        size.Count++;
        size.Bytes += BytesOf(item, type);
        if (item is not Array array) VisitFields(item, type);
        else if (IsWorthWalking(type.GetElementType()!)) VisitElements(array, type.GetElementType()!);
    }

    private void VisitElements(Array array, Type element)
    {
        foreach (object? value in array)
        {
            if (value is null) continue;
            if (element.IsValueType) VisitFields(value, element);
            else Visit(value);
        }
    }

    private void VisitFields(object holder, Type type)
    {
        foreach (FieldInfo field in FieldsOf(type))
        {
            object? value = field.GetValue(holder);
            if (value is null) continue;
            if (field.FieldType.IsValueType) VisitFields(value, field.FieldType);
            else Visit(value);
        }
    }

    private FieldInfo[] FieldsOf(Type type)
    {
        if (_fields.TryGetValue(type, out FieldInfo[]? known)) return known;
        List<FieldInfo> fields = [];
        for (Type? level = type; level is not null; level = level.BaseType)
        {
            const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
            fields.AddRange(level.GetFields(Own).Where(field => IsWorthWalking(field.FieldType)));
        }

        return _fields[type] = [.. fields];
    }

    private static bool IsWorthWalking(Type type)
    {
        if (type.IsPrimitive || type.IsEnum || type.IsPointer || type.IsFunctionPointer || type.IsByRefLike) return false;
        if (!type.IsValueType) return true;
        const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        return type.GetFields(Own).Any(field => IsWorthWalking(field.FieldType));
    }

    /// <summary>As the garbage collector counts: a method table begins with the size of an element (two bytes), flags, and the size without elements.</summary>
    private static long BytesOf(object item, Type type)
    {
        nint table = type.TypeHandle.Value;
        long bytes = Marshal.ReadInt32(table, sizeof(int));
        if (item is Array array) bytes += (long)array.Length * (ushort)Marshal.ReadInt16(table);
        else if (item is string text) bytes += (long)text.Length * sizeof(char);
        return (bytes + nint.Size - 1) / nint.Size * nint.Size;
    }
}
