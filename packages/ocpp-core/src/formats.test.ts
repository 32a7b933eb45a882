import { expect } from 'chai';
import fc from 'fast-check';
import { isDateTime, isUri } from './formats.js';

describe('a date and time', () => {
  it('is what the standard forms of a Date are', () => {
    const moments = fc.date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true });
    fc.assert(
      fc.property(moments, (date) => isDateTime(date.toISOString())),
      { seed: 4, numRuns: 300 },
    );
  });

  it('is nothing that a Date cannot be made of', () => {
    const near = fc.stringMatching(/^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{0,4})?([Zz]|[+-]\d\d:\d\d)?$/);
    fc.assert(
      fc.property(near, (text) => {
        if (!isDateTime(text) || text.slice(17, 19) === '60') return true;
        const local = new Date(`${text.slice(0, 10)}T${text.slice(11, 19)}Z`);
        return local.toISOString().slice(0, 19) === `${text.slice(0, 10)}T${text.slice(11, 19)}`;
      }),
      { seed: 4, numRuns: 3_000 },
    );
  });

  it('has its offset, its calendar day and its form', () => {
    const good = [
      '2026-01-15T10:00:00Z',
      '2026-01-15t10:00:00z',
      '2024-02-29T23:59:59.123456789+02:00',
      '2000-02-29T00:00:00-23:59',
      '2016-12-31T23:59:60Z',
      '2017-01-01T01:59:60+02:00',
    ];
    const bad = [
      '',
      '2026-01-15',
      '2026-01-15T10:00:00',
      '2026-01-15 10:00:00Z',
      '2026-02-29T10:00:00Z',
      '1900-02-29T10:00:00Z',
      '2026-13-01T10:00:00Z',
      '2026-04-31T10:00:00Z',
      '2026-01-15T24:00:00Z',
      '2026-01-15T10:60:00Z',
      '2026-01-15T10:00:60Z',
      '2026-01-15T10:00:00.Z',
      '2026-01-15T10:00:00+02',
      '2026-01-15T10:00:00+0200',
      '2026-01-15T10:00:00+24:00',
      '2026-01-15T10:00:00Zx',
      '2026-01-15T10:00:00Z ',
      '+026-01-15T10:00:00Z',
      '2026-01-15T10:00:0/Z',
    ];
    for (const text of good) expect(isDateTime(text), text).to.equal(true);
    for (const text of bad) expect(isDateTime(text), text).to.equal(false);
  });
});

describe('a URI', () => {
  it('has a scheme and only the characters of RFC 3986', () => {
    for (const text of ['ftp://host/path', 'ftps:/no/authority', 'https://a.b/?q=%20#f', 'http://[::1]:80/'])
      expect(isUri(text), text).to.equal(true);
    for (const text of ['', 'host/path', '//host', 'a b:c', 'http://a/<x>', 'http://a/%zz', '1x:y'])
      expect(isUri(text), text).to.equal(false);
  });
});
