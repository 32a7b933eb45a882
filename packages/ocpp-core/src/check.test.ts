import { expect } from 'chai';
import { checkPayload } from './check.js';
import { dateTime, integer, list, object, oneOf, optional, type Schema, shared } from './schema.js';

const reading = () => object({ at: dateTime, unit: optional(oneOf('Wh', 'kWh')), value: integer() });
/** A message that carries a type in all the places where one can stand. */
const message = (type: Schema) =>
  object({ first: type, last: optional(type), more: optional(list(type)), deep: optional(list(list(type))) });

describe('a shared type', () => {
  it('is checked as if it were written where it stands', () => {
    const good = { at: '2026-01-15T10:00:00Z', value: 1 };
    const bad = [null, {}, { ...good, unit: 'J' }, { ...good, more: 1 }, { ...good, value: 0.5 }, { ...good, at: 'noon' }];
    const apart = message(reading());
    const together = message(shared(reading()));
    for (const part of [good, ...bad]) {
      for (const payload of [
        { first: part },
        { first: good, last: part },
        { first: good, more: [good, part] },
        { first: good, deep: [[good], [good, part]] },
      ]) {
        const verdict = checkPayload('1.6', together, payload);
        expect(verdict, JSON.stringify(payload)).to.deep.equal(checkPayload('1.6', apart, payload));
        expect(verdict.ok).to.equal(part === good);
      }
    }
  });

  it('is told apart from others by itself, not by its form', () => {
    const one = object({ type: shared(oneOf('a')) });
    const other = object({ type: shared(oneOf('b')) });
    expect([one, other].map((schema) => checkPayload('1.6', schema, { type: 'b' }).ok)).to.deep.equal([false, true]);
  });
});
