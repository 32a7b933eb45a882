const STRING = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const SPACE = /[ \t\n\r]*/y;

/** Where a text stops being JSON; the engine's own message does not always say. The text's length where it only ends too early. */
export function faultOffset(text: string): number {
  const open: ('{' | '[')[] = [];
  let at = 0;
  const eat = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    if (!pattern.test(text)) return false;
    at = pattern.lastIndex;
    return true;
  };
  // A value is due at first; after a value, a comma or the end of what is open.
  for (let due = true; ; ) {
    eat(SPACE);
    const sign = text[at];
    if (due) {
      if (sign === '{' || sign === '[') {
        open.push(sign);
        at += 1;
        eat(SPACE);
        if (text[at] === (sign === '{' ? '}' : ']')) {
          open.pop();
          at += 1;
          due = false;
        } else if (sign === '{' && !key()) return at;
      } else if (eat(STRING) || eat(SCALAR)) due = false;
      else return at;
    } else if (open.length === 0) return at;
    else if (sign === ',') {
      at += 1;
      eat(SPACE);
      if (open.at(-1) === '{' && !key()) return at;
      due = true;
    } else if (sign === (open.at(-1) === '{' ? '}' : ']')) {
      open.pop();
      at += 1;
    } else return at;
  }

  function key(): boolean {
    if (!eat(STRING)) return false;
    eat(SPACE);
    if (text[at] !== ':') return false;
    at += 1;
    return true;
  }
}
