/** Asks again until the answer is there; the time-out says what was waited for. Wall time. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined>,
  { withinMs = 60_000, everyMs = 150 }: { withinMs?: number; everyMs?: number } = {},
): Promise<T> {
  const end = Date.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`waited ${withinMs / 1000} s in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
