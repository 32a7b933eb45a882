import { validate } from '@evroam/ocpp-core';
import { expect } from 'chai';
import { conformanceFolder, jsonFilesIn, registries } from './data.js';
import { Generator } from './generate.js';
import { official } from './official.js';

/** mulberry32. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const seed = Number(process.env.EVROAM_SEED ?? 20_260_115);
const each = process.env.EVROAM_EFFORT === 'long' ? 2_000 : 55;

describe('our definitions and the published schemas', function () {
  this.timeout(0);
  const folder = conformanceFolder();

  it(`agree on at least 20,000 generated payloads (seed ${seed})`, function () {
    if (!folder) return this.skip();
    const generator = new Generator(randomFrom(seed));
    const verdicts = { accepted: 0, refused: 0 };
    for (const [version, actions] of registries) {
      for (const file of jsonFilesIn(folder, version)) {
        const { schema, check } = official(folder, version, file);
        const [, action = '', what] = /^(.*?)(Request|Response)?\.json$/.exec(file) ?? [];
        const kind = what === 'Request' ? 'request' : what === 'Response' ? 'response' : 'send';
        for (let i = 0; i < each; i += 1) {
          const payload = generator.payload(schema);
          const theirs = check(payload);
          const ours = validate(actions, action, kind, payload);
          const told = () =>
            `${version} ${file} (seed ${seed}): ${JSON.stringify(payload)} ${JSON.stringify(ours.ok ? check.errors : ours)}`;
          if (ours.ok !== theirs) throw new Error(`the verdicts differ on ${told()}`);
          if (ours.ok) verdicts.accepted += 1;
          else {
            verdicts.refused += 1;
            const [first] = ours.violations;
            const named = check.errors?.some(({ keyword, instancePath, params }) => {
              const missing = keyword === 'required' ? `/${params.missingProperty}` : '';
              return keyword === first?.keyword && (`${instancePath}${missing}` || '/') === first.path;
            });
            if (!named) throw new Error(`the published schema does not name the violation of ${told()}`);
          }
        }
      }
    }
    expect(verdicts.accepted + verdicts.refused).to.be.at.least(20_000);
    // Neither side of the comparison may be idle.
    expect(verdicts.accepted).to.be.at.least(5_000);
    expect(verdicts.refused).to.be.at.least(4_000);
  });
});
