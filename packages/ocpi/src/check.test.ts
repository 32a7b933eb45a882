import { expect } from 'chai';
import fc from 'fast-check';
import { isDateTime, toDate, violation, violations } from './check.js';
import { closed, object, oneOf, optional, text } from './schema.js';

describe('a DateTime', () => {
  it('is what the standard allows, and the two deviations seen in the field', () => {
    for (const good of [
      '2026-02-28T23:59:59Z',
      '2026-02-28T23:59:59',
      '2026-02-28T23:59:59.123Z',
      '2024-02-29T00:00:00.1',
      '2026-02-28 23:59:59Z',
      '2026-02-28T23:59:59+00:00',
      '2016-12-31T23:59:60Z',
    ])
      expect(isDateTime(good), good).to.equal(true);
    const bad = [
      '2026-02-29T00:00:00Z',
      '2026-13-01T00:00:00Z',
      '2026-04-31T00:00:00Z',
      '2026-01-01T24:00:00Z',
      '2026-01-01T00:60:00Z',
      '2026-01-01T00:00Z',
      '2026-01-01',
      '2026-01-01T00:00:00+01:00',
      '2026-01-01T00:00:00.Z',
      '2026-01-01T00:00:00ZZ',
      '2026-01-01T00:00:00Z ',
      '1970-1-1T00:00:00Z',
      '',
      '2026-01-01T00:00:00.1234567890Z',
      '२०२६-01-01T00:00:00Z',
    ];
    for (const text of bad) expect(isDateTime(text), text).to.equal(false);
  });

  it('is a moment in UTC with or without its Z', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date('0000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }), (date) => {
        const text = date.toISOString();
        for (const form of [text, text.slice(0, -1), text.replace('Z', '+00:00'), text.replace('T', ' ')])
          expect(toDate(form).getTime()).to.equal(date.getTime());
      }),
      { seed: 5, numRuns: 500 },
    );
    expect(toDate('0000-02-29T00:00:00.1239Z')).to.deep.equal(new Date('0000-02-29T00:00:00.123Z'));
    expect(() => toDate('yesterday')).to.throw(RangeError);
  });
});

describe('a violation', () => {
  const Inner = object({ kind: oneOf('A', 'B'), 'a/b~c': optional(text(3)) });
  const Outer = object({ inner: Inner });

  it('points at the field, missing and unknown ones too', () => {
    expect(violation(Outer, { inner: {} })).to.include({ path: '/inner/kind', keyword: 'required' });
    expect(violation(Outer, { inner: { kind: 'C' } })).to.deep.equal({
      path: '/inner/kind',
      keyword: 'enum',
      message: 'must be one of A B',
    });
    expect(violation(Outer, { inner: { kind: 'A', 'a/b~c': 'long' } })?.path).to.equal('/inner/a~1b~0c');
    expect(violation(Outer, { inner: { kind: 'A', more: 1 } })).to.equal(undefined);
    expect(violation(closed(Outer), { inner: { kind: 'A', more: 1 } })).to.include({
      path: '/inner/more',
      keyword: 'additionalProperties',
    });
  });

  it('counts characters, not code units', () => {
    const short = object({ name: text(3) });
    expect(violation(short, { name: '🔌🔌🔌' })).to.equal(undefined);
    expect(violation(short, { name: '🔌🔌🔌🔌' })).to.deep.equal({
      path: '/name',
      keyword: 'maxLength',
      message: 'longer than 3 characters',
    });
  });

  it('is one of many in a diagnosis', () => {
    expect(
      violations(closed(Outer), { inner: { kind: 1, more: 1 }, extra: 1 })
        .map(({ path }) => path)
        .sort(),
    ).to.deep.equal(['/extra', '/inner/kind', '/inner/more']);
  });
});
