import {
  DIALECTS,
  INTERFACES,
  type Keys,
  lint,
  normalise,
  openEnvelope,
  type Schema,
  sealRequest,
  spell,
} from '@evroam/gbt-adapter/tcec102';
import { expect } from 'chai';
import fc from 'fast-check';
import { RUNS, SEED } from './arbitrary.js';

const KEYS: Keys = {
  operatorId: '987654321',
  operatorSecret: 'operator secret',
  dataSecret: '1234567890abcdef',
  dataSecretIV: 'fedcba0987654321',
  sigSecret: 'a signature secret',
};

interface Words {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly maxItems?: number;
  readonly maxLength?: number;
  readonly minLength?: number;
  readonly pattern?: string;
  readonly sends?: { enum?: readonly number[]; multipleOf?: number; maxLength?: number; minLength?: number };
}

/** Any value that we may send by a definition. */
function anyOf(schema: Schema): fc.Arbitrary<unknown> {
  const { type, properties, required = [], items, pattern, sends = {}, ...rest } = schema as Words;
  if (type === 'object') {
    const fields = Object.fromEntries(Object.entries(properties ?? {}).map(([name, field]) => [name, anyOf(field)]));
    return fc.record(fields, { requiredKeys: [...required], noNullPrototype: true });
  }
  if (type === 'array') return fc.array(anyOf(items ?? {}), { maxLength: Math.min(rest.maxItems ?? 3, 3) });
  if (type === 'integer') return sends.enum ? fc.constantFrom(...sends.enum) : fc.integer({ min: -5, max: 100_000 });
  if (type === 'number') {
    const places = Math.round(-Math.log10(sends.multipleOf ?? 1));
    return fc.integer({ min: 0, max: 10_000_000 }).map((n) => n / 10 ** places);
  }
  if (pattern !== undefined)
    return fc
      .constantFrom('2026-10-09 12:00:00', '2026-10-09 24:00:00', '2026-10-09', '080000')
      .filter((text) => new RegExp(pattern).test(text));
  const [least, most] = [sends.minLength ?? 0, Math.min(sends.maxLength ?? rest.maxLength ?? 20, 30)];
  return fc.string({ minLength: least, maxLength: most, unit: fc.constantFrom(...'0123456789ABCxyz 示例站') });
}

describe('every T/CEC 102 message', () => {
  for (const { name, request, response } of INTERFACES.values()) {
    for (const [side, schema] of [
      ['request', request],
      ['response', response],
    ] as const) {
      it(`${name} ${side}: what we may send is what the text has, and comes through envelope and every dialect unchanged`, () => {
        fc.assert(
          fc.property(anyOf(schema), (value) => {
            expect(lint(name, side, value)).to.deep.equal([]);
            for (const dialect of DIALECTS) {
              const wire = JSON.stringify(spell(dialect, name, side, value));
              const { data, signature } = openEnvelope(KEYS, sealRequest(KEYS, wire, { timeStamp: '20261009120000', seq: '0001' }));
              expect(signature).to.equal('ok');
              const one =
                dialect.statusAsList && name === 'notification_stationStatus' && side === 'request'
                  ? { ConnectorStatusInfo: (data as { ConnectorStatusInfos: unknown[] }).ConnectorStatusInfos[0] }
                  : data;
              expect(normalise(schema, one)).to.deep.equal(value);
            }
          }),
          { numRuns: Math.ceil(RUNS / 3), seed: SEED },
        );
      });
    }
  }
});
