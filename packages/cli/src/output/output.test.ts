import { expect } from 'chai';
import fc from 'fast-check';
import { at, parsePath } from './path.js';
import { safe, safeJson } from './safe.js';
import { pad, toTable, widthOf } from './table.js';
import { toCsv, toYaml } from './text.js';

describe('text for a terminal', () => {
  it('shows escape sequences and direction marks as codes', () => {
    expect(safe('\u001b[2Jgone \u202eesrever\u202c \u009b31m \u0007')).to.equal('\\u001b[2Jgone \\u202eesrever\\u202c \\u009b31m \\u0007');
  });

  it('lets no control character through, whatever comes in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
        expect(safe(text)).not.to.match(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
        expect(safeJson({ text })).not.to.match(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
        expect(JSON.parse(safeJson({ text }))).to.deep.equal({ text });
      }),
      { seed: 1 },
    );
  });

  it('counts a Chinese character as two columns', () => {
    expect(widthOf('充电 ok')).to.equal(7);
    expect(pad('充电桩', 5)).to.equal('充电…');
    expect(toTable(['A', 'B'], [['充电', 'x']])).to.equal('A     B\n充电  x\n');
  });

  it('makes a table fit the terminal', () => {
    const lines = toTable(['ID', 'TEXT'], [['1', 'a'.repeat(100)]], 40).split('\n');
    expect(Math.max(...lines.map(widthOf))).to.be.at.most(40);
    expect(lines[1]).to.match(/…$/);
  });
});

describe('CSV', () => {
  it('quotes what needs it and defuses formulas, but not numbers', () => {
    expect(toCsv([{ a: 'x,"y"', b: '=SUM(A1)', c: -1.5 }], ['a', 'b', 'c'])).to.equal('a,b,c\r\n"x,""y""",\'=SUM(A1),-1.5\r\n');
  });
});

describe('YAML', () => {
  it('quotes every word that YAML would read as something else', () => {
    expect(toYaml({ a: 'yes', b: 'plain text', c: [1, { d: '1.0' }], e: [], f: { g: null } })).to.equal(
      'a: "yes"\nb: plain text\nc:\n  - 1\n  - d: "1.0"\ne: []\nf:\n  g: null\n',
    );
  });
});

describe('a path into a result', () => {
  it('takes fields, items and each item', () => {
    const value = { items: [{ id: 'a' }, { id: 'b' }] };
    const find = (path: string) => {
      const steps = parsePath(path);
      return steps && at(value, steps);
    };
    expect(find('items[1].id')).to.equal('b');
    expect(find('items[].id')).to.deep.equal(['a', 'b']);
    expect(find('items[7].id')).to.equal(undefined);
    expect(find('items.length')).to.equal(undefined);
    expect(find('__proto__.x')).to.equal(undefined);
    expect(parsePath('a..b')).to.equal(undefined);
    expect(parsePath('')).to.equal(undefined);
  });
});
