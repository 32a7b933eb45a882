import { createPublicKey } from 'node:crypto';
import { recompute, verify } from '@evroam/ocpi/statement';
import { expect } from 'chai';
import type { TestHub } from '../journeys/hub.js';
import { must } from '../own-stations-fixture.js';
import { type PartnerProcess, startPartner } from '../roaming/partner-process.js';

/** Operator ids: the partner's, and ours. */
export const PARTNER = '340000001';
export const HUB = '395815801';
export const TERMS = { sellerModel: 'agent', taxTreatment: 'domestic', tax: { name: 'VAT', percent: 13 }, currency: 'CNY' };

/** A raw T/CEC platform that has exchanged keys with the hub and is connected. */
export async function joinTcec(
  { api }: Pick<TestHub, 'api'>,
  { party, role, clock, operatorId = PARTNER }: { party: string; role: 'cpo' | 'emsp'; clock: string; operatorId?: string },
): Promise<{ tcec: PartnerProcess; id: string }> {
  const tcec = startPartner(new URL('../china/raw-tcec-partner.js', import.meta.url));
  const given = await tcec.ask('open', { operatorId, hubId: HUB, clock });
  const made = await must(api, 'POST', '/partners/tcec', { name: 'T', theirId: operatorId, ourId: HUB, parties: [{ party, role }] });
  await tcec.ask('join', { keys: made.keys, url: made.url });
  const joined = await must(api, 'PUT', `/partners/${made.id}/tcec`, given);
  expect(joined.status).to.equal('registered');
  return { tcec, id: made.id };
}

/** Closes the month; each party computes its statement again from the CDR that it holds. Gives what each line says. */
export async function stated(hub: TestHub, held: Record<string, Record<string, string>>): Promise<Record<string, object>> {
  await must(hub.api, 'POST', '/settlement/periods/2026-03/close', { reason: 'the month is over' });
  const { items } = await must(hub.api, 'GET', '/settlement/statements');
  const publicKey = Buffer.from(
    await hub.hub.auth.verifyingKey(hub.operatorId, 'CN-EVR' as Parameters<typeof hub.hub.auth.verifyingKey>[1]),
    'base64',
  );
  const said: Record<string, object> = {};
  for (const { id, counterparty, state } of items) {
    expect(state).to.equal('issued');
    const answer = await fetch(`${hub.addresses.admin}/settlement/statements/${encodeURIComponent(id)}/bundle`, {
      headers: { authorization: `Bearer ${hub.adminKey}` },
    });
    const text = await answer.text();
    expect(verify(text, { publicKey: createPublicKey({ key: publicKey, format: 'der', type: 'spki' }) })).to.deep.equal({ ok: true });
    const again = recompute(text, { cdrs: held[counterparty] ?? {} });
    expect(again.lines.map(({ ok, ownCdr }) => [ok, ownCdr])).to.deep.equal(again.lines.map(() => [true, 'equal']));
    for (const { basis, cdr, amount, due } of JSON.parse(text).lines) {
      expect(basis).to.equal('rated');
      said[`${counterparty} ${cdr.id}`] = { form: cdr.version, gross: amount.afterTaxes, due };
    }
  }
  return said;
}
