import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { evroam } from '../command.js';
import { folder, list, read } from './data.js';

interface Sample {
  readonly name: string;
  readonly payload: unknown;
  readonly keyword?: string;
  readonly path?: string;
}

/** One process, one answer a line. */
async function answers(
  words: readonly string[],
  lines: readonly unknown[],
): Promise<{ code: number | null; rows: Record<string, unknown>[] }> {
  const { code, out, talk } = await evroam([...words, '--ndjson'], { input: lines.map((line) => `${JSON.stringify(line)}\n`).join('') });
  expect(talk).to.equal('');
  const rows = out
    .trimEnd()
    .split('\n')
    .map((line): Record<string, unknown> => JSON.parse(line));
  expect(rows).to.have.length(lines.length);
  return { code, rows };
}

const codeOf = (version: string, keyword: string, path: string): string => {
  const old = version === '1.6';
  if (keyword === 'additionalProperties' || (keyword === 'type' && path === '/')) return old ? 'FormationViolation' : 'FormatViolation';
  if (['required', 'minItems', 'maxItems'].includes(keyword)) return old ? 'OccurenceConstraintViolation' : 'OccurrenceConstraintViolation';
  return keyword === 'type' ? 'TypeConstraintViolation' : 'PropertyConstraintViolation';
};

describe('line by line, as a real process', () => {
  before(function () {
    if (folder === undefined) this.skip();
  });

  it('proto lint ocpp gives every published sample its verdict and code', async () => {
    const wanted: { ok: boolean; code?: string; name: string }[] = [];
    const lines: unknown[] = [];
    for (const version of ['1.6', '2.0.1', '2.1']) {
      for (const file of list('ocpp', 'samples', version)) {
        const { message, valid, invalid } = read<{ message: string; valid: Sample[]; invalid: Sample[] }>('ocpp', 'samples', version, file);
        const [, action = message, kind] = /^(.*?)(Request|Response)$/.exec(message) ?? [];
        const line = (payload: unknown) => ({ version, action, kind: kind?.toLowerCase() ?? 'send', payload });
        for (const { name, payload } of valid) {
          lines.push(line(payload));
          wanted.push({ ok: true, name: `${version} ${message} ${name}` });
        }
        for (const { name, payload, keyword = '', path = '' } of invalid) {
          lines.push(line(payload));
          wanted.push({ ok: false, code: codeOf(version, keyword, path), name: `${version} ${message} ${name}` });
        }
      }
    }
    const { code, rows } = await answers(['proto', 'lint', 'ocpp'], lines);
    expect(code).to.equal(8);
    expect(
      rows.map(({ ok, code: found }, index) => ({ ok, ...(ok === true ? {} : { code: found }), name: wanted[index]?.name })),
    ).to.deep.equal(wanted);
    expect(rows).to.have.length(2722);
  });

  it('tariff price gives every published case its total', async () => {
    interface Case {
      readonly id: string;
      readonly ocpi_version: string;
      readonly tariff: unknown;
      readonly session: unknown;
      readonly location_time_zone?: string;
      readonly expected: { readonly currency: string; readonly total_excl_vat?: string | null; readonly total_incl_vat?: string | null };
    }
    const { cases } = read<{ cases: Case[] }>('ocpi', 'tariff-cases.json');
    const { code, rows } = await answers(
      ['tariff', 'price'],
      cases.map(({ ocpi_version: version, tariff, session, location_time_zone: time_zone }) => ({ version, tariff, session, time_zone })),
    );
    expect(code).to.equal(0);
    for (const [index, { id, expected }] of cases.entries()) {
      const total = rows[index]?.total as Record<string, string>;
      for (const [said, found] of [
        [expected.total_excl_vat, total.excl_vat],
        [expected.total_incl_vat, total.incl_vat],
      ]) {
        // Some totals are given to the cent, some exactly.
        if (typeof said === 'string')
          expect(Number(found), id).to.be.closeTo(Number(said), 0.5 * 10 ** -(said.split('.')[1]?.length ?? 0) + 1e-9);
      }
    }
    expect(rows).to.have.length(37);
  });

  it('proto lint ocpi gives every published example its verdict when unknown fields are refused', async () => {
    interface Entry {
      readonly file: string;
      readonly version: string;
      readonly object: string;
      readonly kind: string;
      readonly valid_json: boolean;
      readonly conforms_to_tables: boolean;
      readonly wrapped_in?: string | true;
    }
    const { entries } = read<{ entries: Entry[] }>('ocpi', 'manifest.json');
    const mine = entries.filter(({ valid_json, wrapped_in }) => valid_json && wrapped_in === undefined);
    const { rows } = await answers(
      ['proto', 'lint', 'ocpi', '--unknown', 'refuse'],
      mine.map(({ version, object, kind, file }) => ({
        version,
        object,
        kind,
        payload: JSON.parse(readFileSync(join(folder ?? '', 'ocpi', file), 'utf8')) as unknown,
      })),
    );
    expect(rows.map(({ ok }, index) => [mine[index]?.file, ok])).to.deep.equal(
      mine.map(({ file, conforms_to_tables }) => [file, conforms_to_tables]),
    );
  });

  it('proto decode ykc and encode ykc read and write every published frame', async () => {
    interface Vector {
      readonly frameType: string;
      readonly hex: string;
      readonly crcOrder: 'LE' | 'BE' | 'INVALID';
    }
    const { vectors } = read<{ vectors: Vector[] }>('gbt', 'ykc-frames.json');
    const { code, rows } = await answers(
      ['proto', 'decode', 'ykc'],
      vectors.map(({ hex }) => ({ hex })),
    );
    expect(code).to.equal(0);
    const states = { LE: 'ok', BE: 'swapped', INVALID: 'bad' };
    expect(rows.map(({ type, crc }) => [type, crc])).to.deep.equal(vectors.map(({ frameType, crcOrder }) => [frameType, states[crcOrder]]));
    const back = await answers(['proto', 'encode', 'ykc'], rows);
    for (const [index, { hex, crcOrder }] of vectors.entries()) {
      if (crcOrder === 'LE') expect(back.rows[index]?.hex).to.equal(hex.toUpperCase());
    }
  });

  it('proto decode gbt27930 names every published message', async () => {
    interface Vector {
      readonly message: string;
      readonly id: string;
      readonly data_hex: string;
    }
    const { vectors } = read<{ vectors: Vector[] }>('gbt', 'gbt27930-frames.json');
    const { rows } = await answers(
      ['proto', 'decode', 'gbt27930'],
      vectors.map(({ id, data_hex: data }) => ({ id, data })),
    );
    expect(rows.map(({ ok, message }) => [ok, message])).to.deep.equal(vectors.map(({ message }) => [true, message]));
  });
});
