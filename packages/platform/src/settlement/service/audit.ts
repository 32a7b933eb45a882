import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { blockHash, canonical, merkleRoot, verifyBlock } from '@evroam/ocpi/statement';
import type { OperatorId } from '../../kernel/ids.js';
import type { PartyId } from '../../model/party.js';
import { charge } from '../charge.js';
import { AT_HOME, rated } from '../clear.js';
import { type Balance, fold, imbalance } from '../ledger.js';
import { asPriced, type CdrRecord } from '../record.js';
import { leafOf } from '../seal.js';
import type { ClearingNeeds } from './clearing.js';

/** What an audit found; an empty list of faults is what it should be. */
export interface Audit {
  blocks: number;
  entries: number;
  cdrs: number;
  faults: readonly string[];
}

const CHUNK = 500;

export function createAudit({ store, ports }: Pick<ClearingNeeds, 'store' | 'ports'>) {
  /** Checks the books against themselves: blocks, signatures, balances, and every accepted CDR priced again. */
  async function audit(operatorId: OperatorId): Promise<Audit> {
    const faults: string[] = [];
    let blocks = 0;
    let entries = 0;
    let sealed: Balance[] = [];
    for (const issuer of await store.issuers(operatorId)) {
      const chain = await auditChain(operatorId, issuer, faults, (before) => {
        sealed = fold(before, sealed);
      });
      blocks += chain.blocks;
      entries += chain.entries;
    }
    const kept = await store.sealedBalances(operatorId);
    if (balanceText(kept) !== balanceText(sealed)) faults.push('the kept balances are not the sum of the sealed entries');
    for (const [currency, minor] of Object.entries(imbalance(await store.balances(operatorId)))) {
      if (minor !== 0n) faults.push(`debits and credits in ${currency} are ${minor} minor units apart`);
    }
    let cdrs = 0;
    for await (const record of everyCdr(operatorId)) {
      cdrs += 1;
      const fault = priceFault(record);
      if (fault !== undefined) faults.push(`${record.key}: ${fault}`);
    }
    return { blocks, entries, cdrs, faults };
  }

  async function auditChain(
    operatorId: OperatorId,
    issuer: PartyId,
    faults: string[],
    heard: (entries: Parameters<typeof fold>[0]) => void,
  ) {
    // A block stays signed by the key of its day, so the keys that were agreed on before count as well as the present one.
    const former = (await ports.agreements.pinnedKeys(operatorId, issuer)).map(readPublicKey);
    const keys = [createPublicKey(await ports.signer.keyOf(operatorId, issuer)), ...former];
    let previous = '0'.repeat(64);
    let height = 0;
    let entries = 0;
    for (;;) {
      const found = await store.blocksFrom(operatorId, issuer, height, CHUNK);
      for (const block of found) {
        const at = `block ${block.height} of ${issuer}`;
        if (block.height !== height) faults.push(`${at}: block ${height} is missing`);
        if (block.previous !== previous) faults.push(`${at} does not name the block before`);
        if (!verifyBlock(block, keys)) faults.push(`${at} is not signed by a key of ${issuer}`);
        const inside = await store.entriesIn(operatorId, issuer, block.height);
        if (merkleRoot(inside.map(leafOf)) !== block.root || inside.length !== block.count)
          faults.push(`${at} was sealed over other entries`);
        heard(inside);
        entries += inside.length;
        previous = blockHash(block);
        height = block.height + 1;
      }
      if (found.length < CHUNK) return { blocks: height, entries };
    }
  }

  /**
   * A hash over all states, balances and statements, in a fixed order and without times: two histories of the same messages
   * have the same one, in whatever order and how often they came.
   */
  async function canonicalStateDigest(operatorId: OperatorId): Promise<string> {
    const hash = createHash('sha256');
    const add = (...parts: unknown[]) => hash.update(`${canonical(parts)}\n`);
    for await (const { key, digest, life, charge: c, sold, period } of everyCdr(operatorId)) {
      const { clearing, dispute, credit, billing } = life;
      const why = 'findings' in clearing ? clearing.findings.map(({ code }) => code).sort() : 'reason' in clearing ? [clearing.reason] : [];
      add('cdr', key, digest, clearing.state, why, dispute, credit, billing, c ? amounts(c) : [], sold ? amounts(sold) : [], period ?? '');
    }
    const drivers = await store.drivers(operatorId);
    const named = (account: string) => {
      const [kind, owner = ''] = account.split(':');
      return kind === 'driverReceivable' ? `${kind}:${drivers.get(owner) ?? 'erased'}` : account;
    };
    const balances = (await store.balances(operatorId)).map((b) => [named(b.account), b.currency, `${b.debits}`, `${b.credits}`]);
    for (const balance of balances.sort((a, b) => (canonical(a) < canonical(b) ? -1 : 1))) add('balance', ...balance);
    for (let after: string | undefined; ; ) {
      const found = await store.statements(operatorId, { ...(after === undefined ? {} : { after }), limit: CHUNK });
      for (const { id, state, lines, energyMilliWh, net, tax, gross, due } of found) {
        add('statement', id, state, lines, energyMilliWh, `${net}`, `${tax}`, `${gross}`, `${due}`);
      }
      after = found.at(-1)?.id;
      if (found.length < CHUNK) return hash.digest('hex');
    }
  }

  async function* everyCdr(operatorId: OperatorId): AsyncGenerator<CdrRecord> {
    for (let after: string | undefined; ; ) {
      const records = await store.everyCdr(operatorId, after, CHUNK);
      yield* records;
      after = records.at(-1)?.key;
      if (records.length < CHUNK) return;
    }
  }

  return { audit, canonicalStateDigest };
}

/** A rated CDR is never touched by a later edit: priced again by what was kept with it, it gives the same. */
function priceFault(record: CdrRecord): string | undefined {
  const { cdr, life, charge: kept, agreement } = record;
  if (life.clearing.state !== 'accepted' || cdr.credit) return undefined;
  if (!kept) return 'it is accepted and has no price';
  const terms = agreement ?? AT_HOME;
  const exact = rated(asPriced(record), terms);
  if ('accepted' in exact) return `it is accepted and cannot be priced: ${exact.detail ?? exact.reason}`;
  const again = charge(exact, terms);
  return again.gross === kept.gross && again.net === kept.net ? undefined : `its price is ${again.gross} and was ${kept.gross} minor units`;
}

function readPublicKey(text: string): KeyObject {
  return createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' });
}

function amounts({ net, tax, gross }: { net: bigint; tax: bigint; gross: bigint }): string[] {
  return [`${net}`, `${tax}`, `${gross}`];
}

function balanceText(balances: readonly Balance[]): string {
  return balances.map(({ account, currency, debits, credits }) => `${account} ${currency} ${debits} ${credits}`).join('\n');
}
