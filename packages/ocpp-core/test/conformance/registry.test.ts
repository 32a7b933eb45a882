import { type AnyAction, tableOf } from '@evroam/ocpp-core';
import { Ajv } from 'ajv';
import { expect } from 'chai';
import { conformanceFolder, readJson, registries } from './data.js';

interface Listed {
  action: string;
  direction: 'CS->CSMS' | 'CSMS->CS' | 'both';
  messageType: 'CALL' | 'SEND';
}
const senders = { 'CS->CSMS': 'station', 'CSMS->CS': 'csms', both: 'either' } as const;

describe('the registries', () => {
  const folder = conformanceFolder();

  for (const [version, actions] of registries) {
    it(`hold every message of OCPP ${version}, with its sender and type`, function () {
      if (!folder) return this.skip();
      const index = readJson(folder, 'messages.json') as Record<string, Listed[]>;
      const listed = (index[version] ?? []).map(({ action, direction, messageType }) => `${action} ${senders[direction]} ${messageType}`);
      const ours = [...tableOf(actions).values()].map(
        ({ name, from, response }: AnyAction) => `${name} ${from} ${response ? 'CALL' : 'SEND'}`,
      );
      expect(ours.sort()).to.deep.equal(listed.sort());
      for (const action of tableOf(actions).values()) expect(action.version).to.equal(version);
    });
  }

  it('hold 39, 64 and 91 messages', () => {
    expect(registries.map(([, actions]) => tableOf(actions).size)).to.deep.equal([39, 64, 91]);
  });

  it('are proper JSON Schema, in strict mode', () => {
    const ajv = new Ajv({ strict: true, formats: { 'date-time': true, uri: true } });
    for (const [, actions] of registries)
      for (const { request, response } of tableOf(actions).values())
        for (const schema of response ? [request, response] : [request])
          expect(ajv.validateSchema(schema), JSON.stringify(ajv.errors)).to.equal(true);
  });
});
