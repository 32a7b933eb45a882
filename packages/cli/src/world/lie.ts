// A CDR that says too much: held, declined with a reason, taken back by a credit CDR, sent anew, accepted. Three ids, one net amount.
import { randomUUID } from 'node:crypto';
import { isRecord } from '../output/path.js';
import type { Row } from '../output/show.js';
import type { World } from './setup.js';
import { until } from './waiting.js';

export interface Revised {
  /** The CDR that was declined. */
  readonly key: string;
  /** It, its credit and the new one, as `cdr explain` tells of them. */
  readonly ids: readonly string[];
  /** What all three come to after tax. */
  readonly net: string;
}

/** Plays both operators: ours declines what is held, the partner's hears of it and takes it back. */
export async function reviseLie({ hub: { admin }, cpo }: World, onStep: (step: string) => void): Promise<Revised> {
  const from = (state: string): Promise<Row[]> => collect(admin.list('/admin/v1/settlement/cdrs', { state, owner: cpo.party }));
  const held = await until(`the dear CDR of ${cpo.party} to be held`, async () => (await from('held'))[0]);
  const key = String(held.key);
  onStep(`${key} is held: ${String(held.code)}; it is declined`);
  const path = `/admin/v1/settlement/cdrs/${cpo.party}/${encodeURIComponent(key.slice(cpo.party.length + 1))}`;
  await admin.ask('POST', `${path}/decline`, {
    key: randomUUID(),
    body: { code: held.code, reason: 'one euro more than the tariff that was sold' },
  });

  // OCPI has no message for a decline: the hub lists what is declined, and its operator tells the partner's.
  const declined = (await from('declined')).map((row) => ({ id: String(row.key).slice(cpo.party.length + 1), code: String(row.code) }));
  const sent = await cpo.part.ask('takeBack', { declined });
  onStep(`${cpo.party} takes it back: ${sent.join(' and ')}`);
  const explained = await until('the credit and the new CDR to be accepted', async () => {
    const accepted = new Set((await from('accepted')).map((row) => row.key));
    if (!sent.every((id) => accepted.has(`${cpo.party}/${id.toUpperCase()}`))) return undefined;
    const answer = await admin.ask('GET', `${path}/explain`);
    return isRecord(answer) && isRecord(answer.family) ? answer.family : undefined;
  });
  const ids = Array.isArray(explained.keys) ? explained.keys.map(String) : [];
  const net = String(explained.net);
  const right = (await from('accepted')).find((row) => row.key === `${cpo.party}/${sent[1]?.toUpperCase()}`);
  if (!right || net !== `${String(right.grossAmount)} ${String(right.currency)}`)
    throw new Error(`${ids.join(', ')} come to ${net}, and not to what ${String(right?.key)} costs: ${String(right?.grossAmount)}`);
  onStep(`three ids, one net amount: ${ids.join(', ')} come to ${net}`);
  return { key, ids, net };
}

async function collect(rows: AsyncIterable<Row>): Promise<Row[]> {
  const all: Row[] = [];
  for await (const row of rows) all.push(row);
  return all;
}
