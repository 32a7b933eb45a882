/** The JSON that stores keep: bigint and Date survive, everything else is plain. */
export function toJson(value: unknown): string {
  return JSON.stringify(tag(value));
}

export function fromJson<T>(stored: unknown): T {
  return untag(typeof stored === 'string' ? JSON.parse(stored) : stored) as T;
}

// Date has a toJSON that runs before any replacer sees it: hence a walk instead of a replacer.
function tag(value: unknown): unknown {
  if (typeof value === 'bigint') return { $int: value.toString() };
  if (value instanceof Date) return { $time: value.toISOString() };
  if (Array.isArray(value)) return value.map(tag);
  if (typeof value === 'object' && value !== null) {
    const tagged: Record<string, unknown> = {};
    for (const [key, inner] of Object.entries(value)) if (inner !== undefined) tagged[key] = tag(inner);
    return tagged;
  }
  return value;
}

function untag(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(untag);
  if (typeof value === 'object' && value !== null) {
    const { $int, $time } = value as { $int?: unknown; $time?: unknown };
    if (typeof $int === 'string') return BigInt($int);
    if (typeof $time === 'string') return new Date($time);
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, untag(inner)]));
  }
  return value;
}
