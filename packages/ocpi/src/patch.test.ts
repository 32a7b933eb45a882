import { expect } from 'chai';
import { applyPatch, withConnector, withEvse } from './patch.js';

const before = '2026-03-01T10:00:00Z';
const after = '2026-03-01T11:00:00Z';
const connector = (id: string) => ({ id, max_voltage: 230, last_updated: before });
const evse = (uid: string) => ({ uid, status: 'AVAILABLE', connectors: [connector('1'), connector('2')], last_updated: before });
const location = { id: 'L', name: 'Here', evses: [evse('A'), evse('B')], last_updated: before };

describe('a PATCH', () => {
  it('replaces fields, takes away what is null, and leaves the rest and the original alone', () => {
    expect(applyPatch(location, { name: null, city: 'Utrecht', last_updated: after })).to.deep.equal({
      id: 'L',
      city: 'Utrecht',
      evses: location.evses,
      last_updated: after,
    });
    expect(location.name).to.equal('Here');
  });

  it('appends charging periods; an empty list changes nothing', () => {
    const session = { charging_periods: [1], kwh: 1 };
    expect(applyPatch(session, { charging_periods: [2, 3] }).charging_periods).to.deep.equal([1, 2, 3]);
    expect(applyPatch(session, { charging_periods: [] }).charging_periods).to.deep.equal([1]);
    expect(applyPatch({ kwh: 1 }, { charging_periods: [2] })).to.deep.equal({ kwh: 1, charging_periods: [2] });
  });

  it('merges EVSEs and connectors with the one of the same id, whatever its case, and replaces other lists', () => {
    const patched = applyPatch(location, { evses: [{ uid: 'b', status: 'BLOCKED' }, evse('C')] });
    expect(patched.evses.map(({ uid, status }) => `${uid} ${status}`)).to.deep.equal(['A AVAILABLE', 'b BLOCKED', 'C AVAILABLE']);
    expect(patched.evses[1]?.connectors).to.have.length(2);
    expect(applyPatch({ images: [1, 2] }, { images: [3] })).to.deep.equal({ images: [3] });
  });

  it('of an EVSE or a connector raises last_updated of its parents, and never lowers it', () => {
    const patched = withEvse(location, 'A', { status: 'CHARGING', last_updated: after }, 'patch');
    expect(patched?.last_updated).to.equal(after);
    expect(patched?.evses[0]).to.include({ status: 'CHARGING', last_updated: after });
    const deeper = withConnector(patched ?? location, 'A', '2', { max_voltage: 400, last_updated: before }, 'patch');
    expect(deeper?.evses[0]?.connectors.map(({ max_voltage }) => max_voltage)).to.deep.equal([230, 400]);
    expect([deeper?.last_updated, deeper?.evses[0]?.last_updated]).to.deep.equal([after, after]);
  });

  it('of an EVSE that is not there changes nothing, while a PUT adds it', () => {
    expect(withEvse(location, 'X', { status: 'BLOCKED', last_updated: after }, 'patch')).to.equal(undefined);
    expect(withEvse(location, 'X', { ...evse('X'), last_updated: after }, 'put')?.evses).to.have.length(3);
    expect(withConnector(location, 'X', '1', { last_updated: after }, 'put')).to.equal(undefined);
    expect(withConnector(location, 'A', '9', { last_updated: after }, 'patch')).to.equal(undefined);
    expect(withConnector(location, 'A', '9', { ...connector('9'), last_updated: after }, 'put')?.evses[0]?.connectors).to.have.length(3);
  });
});
