// What a TypeScript file imports, read from its tokens: comments, strings, templates and regular expressions cannot fool it.

/**
 * @typedef {{ specifier: string, line: number, typeOnly: boolean, dynamic: boolean }} Import
 * @typedef {{ kind: 'word' | 'string' | 'mark', value: string, line: number }} Token
 */

/** The imports of a source text, re-exports and `import()` included, and the lines that read `process.env`. */
export function readImports(text) {
  const tokens = tokenize(text);
  /** @type {Import[]} */
  const imports = [];
  const environment = [];
  const at = (index) => tokens[index] ?? { kind: 'mark', value: '', line: 0 };
  const is = (index, value) => at(index).kind !== 'string' && at(index).value === value;
  for (let i = 0; i < tokens.length; i += 1) {
    const { kind, value, line } = tokens[i];
    if (kind !== 'word' || is(i - 1, '.')) continue;
    if (value === 'process' && is(i + 1, '.') && is(i + 2, 'env')) environment.push(line);
    else if ((value === 'import' || value === 'require') && is(i + 1, '(') && at(i + 2).kind === 'string') {
      imports.push({ specifier: at(i + 2).value, line, typeOnly: false, dynamic: true });
    } else if (value === 'import' && at(i + 1).kind === 'string') {
      imports.push({ specifier: at(i + 1).value, line, typeOnly: false, dynamic: false });
    } else if (value === 'import' || value === 'export') {
      const clause = readClause(tokens, i + 1);
      if (clause) imports.push({ ...clause, line, dynamic: false });
    }
  }
  return { imports, environment };
}

/** Reads `[type] <names> from '<specifier>'`; nothing when it turns out to be a declaration. */
function readClause(tokens, start) {
  let i = start;
  const value = () => (tokens[i]?.kind === 'string' ? '' : (tokens[i]?.value ?? ''));
  let typeOnly = false;
  if (value() === 'type' && ['{', '*'].includes(tokens[i + 1]?.value ?? '')) typeOnly = true;
  else if (value() === 'type' && tokens[i + 1]?.kind === 'word' && tokens[i + 2]?.value === 'from') typeOnly = true;
  if (typeOnly) i += 1;
  let allTypes = true;
  let braces = false;
  while (i < tokens.length) {
    const word = value();
    if (word === 'from' && tokens[i + 1]?.kind === 'string') {
      return { specifier: tokens[i + 1].value, typeOnly: typeOnly || (braces && allTypes) };
    }
    if (word === '{') {
      // `{ type A, type B }` is erased as a whole; one value among them is not.
      braces = true;
      for (i += 1; i < tokens.length && value() !== '}'; i += 1) {
        const begins = ['{', ','].includes(tokens[i - 1].value);
        if (begins && value() !== 'type') allTypes = false;
      }
    } else if (tokens[i]?.kind === 'word' || word === '*' || word === ',') {
      if (['const', 'function', 'class', 'interface', 'default', 'async', 'let', 'abstract', 'declare'].includes(word)) return undefined;
      if (word !== 'type' && word !== 'as' && !braces) allTypes = false;
    } else return undefined;
    i += 1;
  }
  return undefined;
}

const WORD = /[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/uy;
/** After one of these a slash begins a regular expression; after a name, a number or a closing bracket it divides. */
const BEFORE_REGEX = new Set([
  '',
  ...'(,=:[!&|?{};+-*%<>~^',
  'return',
  'typeof',
  'case',
  'in',
  'of',
  'await',
  'yield',
  'throw',
  'new',
  'void',
]);

/** @returns {Token[]} */
function tokenize(text) {
  const tokens = [];
  const templates = []; // depth of braces at which each open `${` closes
  let depth = 0;
  let line = 1;
  let i = 0;
  const take = (end) => {
    for (; i < end; i += 1) if (text[i] === '\n') line += 1;
  };
  const push = (kind, value) => tokens.push({ kind, value, line });
  const template = () => {
    // i stands behind a backtick or behind the brace that ended a substitution
    let end = i;
    while (end < text.length && text[end] !== '`' && !(text[end] === '$' && text[end + 1] === '{')) end += text[end] === '\\' ? 2 : 1;
    if (text[end] === '$') {
      templates.push(depth);
      depth += 1;
      take(end + 2);
    } else take(end + 1);
  };
  while (i < text.length) {
    const char = text[i];
    if (/\s/.test(char)) take(i + 1);
    else if (text.startsWith('//', i)) take(endOf(text, '\n', i));
    else if (text.startsWith('/*', i)) take(endOf(text, '*/', i + 2) + 2);
    else if (char === "'" || char === '"') {
      let end = i + 1;
      while (end < text.length && text[end] !== char && text[end] !== '\n') end += text[end] === '\\' ? 2 : 1;
      push('string', text.slice(i + 1, end));
      take(end + 1);
    } else if (char === '`') {
      push('mark', '`');
      take(i + 1);
      template();
    } else if (char === '/' && BEFORE_REGEX.has(tokens.at(-1)?.kind === 'string' ? 'string' : (tokens.at(-1)?.value ?? ''))) {
      take(endOfRegex(text, i));
      push('mark', '/');
    } else if (wordAt(text, i) > i) {
      const end = wordAt(text, i);
      push('word', text.slice(i, end));
      take(end);
    } else {
      if (char === '{') depth += 1;
      if (char === '}') depth -= 1;
      if (char === '}' && templates.at(-1) === depth) {
        templates.pop();
        take(i + 1);
        template();
      } else {
        push('mark', char);
        take(i + 1);
      }
    }
  }
  return tokens;
}

function wordAt(text, start) {
  WORD.lastIndex = start;
  return WORD.test(text) ? WORD.lastIndex : start;
}

function endOf(text, what, from) {
  const found = text.indexOf(what, from);
  return found < 0 ? text.length : found;
}

function endOfRegex(text, start) {
  let inClass = false;
  for (let i = start + 1; i < text.length && text[i] !== '\n'; i += 1) {
    if (text[i] === '\\') i += 1;
    else if (text[i] === '[') inClass = true;
    else if (text[i] === ']') inClass = false;
    else if (text[i] === '/' && !inClass) return i + 1;
  }
  return start + 1; // it was a division after all
}
