/** What every message asks for (who is where, and what may pass) changes rarely, so it is remembered for a moment. */
export interface Directory {
  /** The answer that is known, at once, or the one that `load` gives; what is not there is asked for again each time. */
  get<T>(key: string, load: () => Promise<T | undefined>): T | Promise<T | undefined>;
  /** The answer, if it is known. */
  peek<T>(key: string): T | undefined;
  /** Something was changed here. Other nodes see it when their moment is over. */
  forget(): void;
}

/** As long as a token is remembered where requests come in, at most. */
const REMEMBERED_MS = 2000;
const LIMIT = 10_000;

export function createDirectory(now: () => number = () => performance.now()): Directory {
  let known = new Map<string, { at: number; value: unknown }>();

  function peek<T>(key: string): T | undefined {
    const found = known.get(key);
    return found && now() - found.at < REMEMBERED_MS ? (found.value as T) : undefined;
  }

  async function ask<T>(key: string, load: () => Promise<T | undefined>): Promise<T | undefined> {
    const into = known;
    const at = now();
    const value = await load();
    // What was read before a change must not outlive it: then this is another map.
    if (value !== undefined && into === known) {
      if (known.size >= LIMIT) known.clear();
      known.set(key, { at, value });
    }
    return value;
  }

  return {
    peek,
    // Every message asks several times: what is known costs no promise.
    get: <T>(key: string, load: () => Promise<T | undefined>) => peek<T>(key) ?? ask(key, load),
    forget() {
      known = new Map();
    },
  };
}
