import { expect } from 'chai';
import { openEndpoint } from './endpoint.js';
import type { Observation } from './observation.js';
import { lenient, type QuirkRule, quirksOf } from './quirks.js';
import { socketPair } from './socket.js';
import * as v16 from './v16/index.js';

const boot = { chargePointVendor: 'Vendor', chargePointModel: 'Model' };
const mend = (
  rules: readonly QuirkRule[],
  payload: unknown,
  action: typeof v16.BootNotification | typeof v16.MeterValues = v16.BootNotification,
) => quirksOf({}, [{ rules }])?.mend(action, 'request', payload);

describe('quirks', () => {
  it('drop or keep what the schema does not know', () => {
    const odd = { ...boot, serial: '1', ...JSON.parse('{"__proto__": {"polluted": true}}') };
    expect(mend([{ name: 'd', remedy: 'drop' }], odd)?.payload).to.deep.equal(boot);
    const kept = mend([{ name: 'k', remedy: 'keep' }], { ...boot, serial: '1' });
    expect(kept?.payload).to.deep.equal({ ...boot, serial: '1' });
    expect(kept?.hits).to.deep.equal([
      { rule: 'k', violation: { path: '/', keyword: 'additionalProperties', message: 'must NOT have additional properties (serial)' } },
    ]);
    expect(({} as Record<string, unknown>).polluted).to.equal(undefined);
  });

  it('cut long texts by code points and read numbers as texts', () => {
    const rules = lenient.rules;
    expect(mend(rules, { chargePointVendor: '🔌'.repeat(21), chargePointModel: 7 })?.payload).to.deep.equal({
      chargePointVendor: '🔌'.repeat(20),
      chargePointModel: '7',
    });
  });

  it('leave an unknown word where the path says so, and nowhere else', () => {
    const sample = (unit: string, context: string) => ({
      connectorId: 1,
      meterValue: [{ timestamp: '2026-01-15T10:00:00Z', sampledValue: [{ value: '1', unit, context }] }],
    });
    const rules: QuirkRule[] = [{ name: 'hertz', remedy: 'accept', action: 'MeterValues', path: '/meterValue/*/sampledValue/*/unit' }];
    expect(mend(rules, sample('Hertz', 'Other'), v16.MeterValues)?.payload).to.deep.equal(sample('Hertz', 'Other'));
    expect(mend(rules, sample('Hertz', 'Nonsense'), v16.MeterValues)).to.equal(undefined);
  });

  it('read times that lack their offset', () => {
    const at = (timestamp: string) => ({ connectorId: 1, meterValue: [{ timestamp, sampledValue: [{ value: '1' }] }] });
    for (const [given, read] of [
      ['2026-01-15T10:00:00', '2026-01-15T10:00:00Z'],
      ['2026-01-15 10:00', '2026-01-15T10:00:00Z'],
      ['2026-01-15T10:00:00.5+02', '2026-01-15T10:00:00.5+02:00'],
      ['2026-01-15T10:00:00+0230', '2026-01-15T10:00:00+02:30'],
    ] as const) {
      expect(mend(lenient.rules, at(given), v16.MeterValues)?.payload, given).to.deep.equal(at(read));
    }
    expect(mend(lenient.rules, at('yesterday'), v16.MeterValues)).to.equal(undefined);
  });

  it('give up on more faults than one payload may have', () => {
    const many = Object.fromEntries(Array.from({ length: 101 }, (_, at) => [`x${at}`, at]));
    expect(mend(lenient.rules, { ...boot, ...many })).to.equal(undefined);
  });

  it('fit by vendor, model and firmware', () => {
    const profiles = [{ vendor: 'Acme', firmware: '1.*', rules: lenient.rules }];
    expect(quirksOf({ vendor: 'Acme', firmware: '1.4.2' }, profiles)).to.not.equal(undefined);
    expect(quirksOf({ vendor: 'Acme', firmware: '2.0' }, profiles)).to.equal(undefined);
    expect(quirksOf({ vendor: 'Other', firmware: '1.4' }, profiles)).to.equal(undefined);
    expect(quirksOf({ firmware: '1.4' }, profiles)).to.equal(undefined);
  });

  it('are told by the endpoint, and what we send stays strict', async () => {
    const [left, right] = socketPair();
    const seen: Observation[] = [];
    const quirks = quirksOf({}, [lenient]);
    if (!quirks) throw new Error('no quirks');
    const csms = openEndpoint('csms', left, { actions: v16, quirks, observe: (observation) => seen.push(observation) });
    csms.handle(v16.BootNotification, async (request) => {
      expect(request).to.deep.equal(boot);
      return { status: 'Accepted', currentTime: '2026-01-15T10:00:00Z', interval: 300 };
    });
    const answer = new Promise<string>((resolve) => right.listen({ heard: resolve, ended: () => undefined }));
    right.send(JSON.stringify([2, 'a', 'BootNotification', { ...boot, extra: 1 }]));
    expect(JSON.parse(await answer)[0]).to.equal(3);
    expect(seen.filter(({ kind }) => kind === 'quirk')).to.deep.include({
      kind: 'quirk',
      action: 'BootNotification',
      messageId: 'a',
      rule: 'unknown properties are dropped',
      violation: { path: '/', keyword: 'additionalProperties', message: 'must NOT have additional properties (extra)' },
    });
  });
});
