import { isAction } from '@evroam/ocpp-core';
import * as v21 from '@evroam/ocpp-core/v21';
import * as v201 from '@evroam/ocpp-core/v201';
import { expect } from 'chai';

const old: Readonly<Record<string, unknown>> = v201;
const current: Readonly<Record<string, unknown>> = v21;
const shared = Object.keys(current).filter((name) => name in old && !isAction(current[name]));

describe('the data types of OCPP 2.1', () => {
  it('that did not change since 2.0.1 are those of 2.0.1, not copies', () => {
    const copies = shared.filter((name) => current[name] !== old[name] && JSON.stringify(current[name]) === JSON.stringify(old[name]));
    expect(copies).to.deep.equal([]);
    expect(shared.filter((name) => current[name] === old[name])).to.have.length.above(20);
  });

  it('that changed are written again', () => {
    for (const name of ['IdTokenType', 'StatusInfoType', 'ChargingProfileType', 'SampledValueType'])
      expect(current[name]).to.not.equal(old[name]);
  });
});
