import { type Kind, validate } from '@evroam/ocpp-core';
import { expect } from 'chai';
import { conformanceFolder, jsonFilesIn, readJson, registries } from './data.js';

interface Samples {
  valid: { name: string; payload: unknown }[];
  invalid: { name: string; keyword: string; path: string; payload: unknown }[];
}

/** The code that the data suggests for a keyword, in the spelling of 2.x. */
function suggested(keyword: string): string {
  if (keyword === 'additionalProperties') return 'FormatViolation';
  if (['required', 'minItems', 'maxItems'].includes(keyword)) return 'OccurrenceConstraintViolation';
  return keyword === 'type' ? 'TypeConstraintViolation' : 'PropertyConstraintViolation';
}
const spelled16: Readonly<Record<string, string>> = {
  FormatViolation: 'FormationViolation',
  OccurrenceConstraintViolation: 'OccurenceConstraintViolation',
};

const messageOf = (file: string): [string, Kind] => {
  const found = /^(.*?)(Request|Response)?\.json$/.exec(file);
  const kind = found?.[2] === 'Request' ? 'request' : found?.[2] === 'Response' ? 'response' : 'send';
  return [found?.[1] ?? '', kind];
};

describe('the published samples', () => {
  const folder = conformanceFolder();
  const counted = { valid: 0, invalid: 0 };

  for (const [version, actions] of registries) {
    it(`of OCPP ${version} get the right verdict, code and path`, function () {
      if (!folder) return this.skip();
      for (const file of jsonFilesIn(folder, 'samples', version)) {
        const [action, kind] = messageOf(file);
        const { valid, invalid } = readJson(folder, 'samples', version, file) as Samples;
        for (const { name, payload } of valid) {
          expect(validate(actions, action, kind, payload), `${file} ${name}`).to.deep.equal({ ok: true, value: payload });
          counted.valid += 1;
        }
        for (const { name, keyword, path, payload } of invalid) {
          const verdict = validate(actions, action, kind, payload);
          if (verdict.ok) throw new Error(`${version} ${file} ${name} passed`);
          const code = suggested(keyword);
          expect(verdict.code, `${file} ${name}`).to.equal(version === '1.6' ? (spelled16[code] ?? code) : code);
          expect(verdict.violations[0], `${file} ${name}`).to.include({ keyword, path });
          counted.invalid += 1;
        }
      }
    });
  }

  it('were all there: 727 valid and 1,995 invalid', function () {
    if (!folder) return this.skip();
    expect(counted).to.deep.equal({ valid: 727, invalid: 1_995 });
  });
});
