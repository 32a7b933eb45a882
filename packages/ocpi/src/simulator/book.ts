// The tokens that let somebody in.
import type { Caller } from '../host.js';

/** Tokens and whose they are. */
export interface Book<C extends Caller> {
  issue(caller: C, token: string): string;
  /** Whose token it is. An older token of the same caller falls when a newer one is used, so a rotation that is cut short locks nobody out. */
  who(token: string): C | undefined;
  /** Ends all tokens of a caller. */
  drop(isTheirs: (caller: C) => boolean): void;
}

/** An empty book; `same` says whether two callers are one partner. */
export function openBook<C extends Caller>(same: (a: C, b: C) => boolean): Book<C> {
  let entries: readonly { readonly token: string; readonly caller: C }[] = [];
  return {
    issue(caller, token) {
      entries = [...entries, { token, caller }];
      return token;
    },
    who(token) {
      const at = entries.findIndex((one) => one.token === token);
      const found = entries[at]?.caller;
      if (found && found.registering !== true)
        entries = entries.filter(({ caller }, index) => index >= at || caller.registering === true || !same(caller, found));
      return found;
    },
    drop(isTheirs) {
      entries = entries.filter(({ caller }) => !isTheirs(caller));
    },
  };
}
