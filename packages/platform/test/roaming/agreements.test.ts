import { expect } from 'chai';
import { furnish, openHub, type TestHub } from '../journeys/hub.js';

const FILE = `# What ABC and evroam agreed
id: ABC-EVR
seller: NL-EVR
buyer: DE-ABC
sellerModel: principal
taxTreatment: domestic
tax: { name: VAT, percent: 21 }
currency: EUR
retail: { markUpPercent: 2.5, startFee: "0.35" }
fees:
  seller: { percent: 1, perCdr: "0.05", taxPercent: 21 }
effectiveFrom: 2026-01-01T00:00:00Z
`;

describe('agreements, from a draft to their end', () => {
  let hub: TestHub;
  const keys: Record<string, string> = {};

  before(async function () {
    this.timeout(60_000);
    hub = await openHub();
    await furnish(hub);
    await hub.api('POST', '/partners', { name: 'ABC', parties: [{ party: 'DE-ABC', role: 'emsp' }] });
    for (const name of ['anna', 'bo']) keys[name] = (await hub.api('POST', '/keys', { name, role: 'admin' })).body.key;
  });
  after(() => hub.close());

  async function yaml(method: string, path: string, key: string, body?: string) {
    const response = await fetch(hub.addresses.admin + path, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/yaml', accept: 'application/yaml' },
      ...(body === undefined ? {} : { body }),
    });
    return { status: response.status, text: await response.text() };
  }
  const draft = async (file: string, reason: string) => {
    const { status, text } = await yaml('POST', `/agreements/drafts?reason=${encodeURIComponent(reason)}`, keys.anna!, file);
    expect(status, text).to.equal(201);
    return JSON.parse(text);
  };
  const versions = async () => (await hub.api('GET', '/agreements/ABC-EVR/versions')).body.items ?? [];

  it('are not in force until a second person has approved, and who drafted is not one', async () => {
    const { approvalId, version, findings } = await draft(FILE, 'first contract');
    expect(version).to.equal(1);
    expect(findings.map(({ code }: { code: string }) => code)).to.have.members(['missingKey', 'retroactive']);
    expect(await versions()).to.deep.equal([]);
    const own = await hub.api('POST', `/approvals/${approvalId}/approve`, { reason: 'mine' }, keys.anna);
    expect([own.status, own.body.error.code]).to.deep.equal([409, 'second_person']);
    expect((await hub.api('POST', `/approvals/${approvalId}/approve`, { reason: 'read it' }, keys.bo)).status).to.equal(200);
    const [first] = await versions();
    expect(first).to.include({ version: 1, askedBy: 'key:anna', approvedBy: 'key:bo', reason: 'first contract' });
    const again = await hub.api('POST', `/approvals/${approvalId}/approve`, { reason: 'again' }, keys.bo);
    expect([again.status, (await versions()).length]).to.deep.equal([409, 1]);
  });

  it('are a file that gives the same agreement when it is read again', async () => {
    const { text } = await yaml('GET', '/agreements/ABC-EVR/versions/1', keys.anna!);
    const { status, text: answer } = await yaml('POST', '/agreements/lint', keys.anna!, text);
    expect([status, JSON.parse(answer).diff]).to.deep.equal([200, []]);
    const broken = await yaml('POST', '/agreements/lint', keys.anna!, 'id: [1');
    expect([broken.status, JSON.parse(broken.text).error.code]).to.deep.equal([400, 'not_yaml']);
    const misspelt = await yaml('POST', '/agreements/lint', keys.anna!, `${FILE}curency: EUR\n`);
    expect(misspelt.status).to.equal(422);
  });

  it('say what changes, and a draft that was overtaken does not come into force', async () => {
    const one = await draft(FILE.replace('percent: 21', 'percent: 19'), 'new tax');
    const other = await draft(FILE.replace('0.35', '0.40'), 'new fee');
    expect(one.diff).to.deep.equal([{ at: '/tax/rate', before: 210_000, after: 190_000 }]);
    expect((await hub.api('POST', `/approvals/${one.approvalId}/approve`, { reason: 'ok' }, keys.bo)).status).to.equal(200);
    const late = await hub.api('POST', `/approvals/${other.approvalId}/approve`, { reason: 'ok' }, keys.bo);
    expect([late.status, late.body.error.code]).to.deep.equal([409, 'outdated']);
    expect((await hub.api('GET', `/approvals/${other.approvalId}`)).body.state, 'an approval whose effect failed does not stand').to.equal(
      'open',
    );
    expect((await hub.api('POST', `/approvals/${other.approvalId}/refuse`, { reason: 'draft it anew' }, keys.anna)).status).to.equal(200);
    const { body } = await hub.api('GET', '/agreements/ABC-EVR/diff?from=1&to=2');
    expect(body.diff).to.deep.equal(one.diff);
  });

  it('with an unknown party or in nobody’s currency are refused', async () => {
    const answers = [FILE.replace('DE-ABC', 'DE-XXX'), FILE.replace('EUR', 'ABC')].map((file) =>
      yaml('POST', '/agreements/drafts', keys.anna!, file),
    );
    expect((await Promise.all(answers)).map(({ status }) => status)).to.deep.equal([409, 409]);
  });

  it('leave a line in the audit trail for every step', async () => {
    const { body } = await hub.api('GET', '/audit');
    expect(body.items.map(({ actor, action }: { actor: string; action: string }) => `${actor} ${action}`)).to.deep.equal([
      'key:anna agreement.activate.asked',
      'key:bo agreement.activate.approved',
      'key:anna agreement.activate.asked',
      'key:anna agreement.activate.asked',
      'key:bo agreement.activate.approved',
      'key:anna agreement.activate.refused',
    ]);
  });

  it('may be approved by an admin only', async () => {
    const { body } = await hub.api('POST', '/keys', { name: 'cy', role: 'operator' });
    const { approvalId } = await draft(FILE.replace('percent: 21', 'percent: 20'), 'third');
    expect((await hub.api('POST', `/approvals/${approvalId}/approve`, { reason: 'x' }, body.key)).status).to.equal(403);
  });
});
