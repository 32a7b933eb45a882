import { blockHash, sealBlock } from '@evroam/ocpi/statement';
import type { OperatorId } from '../../kernel/ids.js';
import { NEW_LIFE } from '../cdr-clearing.js';
import { fold } from '../ledger.js';
import { leafOf } from '../seal.js';
import type { SettlementStore } from '../store.js';
import type { ClearingNeeds } from './clearing.js';

/** The log as another store holds it. */
export type Log = Pick<SettlementStore, 'everyCdr' | 'issuers' | 'blocksFrom' | 'entriesIn'>;

/** Read at a time. */
const CHUNK = 500;

export function createReplay({ store, transact, ports }: Pick<ClearingNeeds, 'store' | 'transact' | 'ports'>) {
  /**
   * Writes the sealed log of another store into this one, in its order: CDRs as they were decided, then block by block its entries,
   * each block sealed again. Gives how many blocks were added: again, none. Throws where a block comes out with another hash than it
   * has in the log, and keeps nothing of it.
   */
  return async function replay(operatorId: OperatorId, log: Log): Promise<number> {
    for (let after: string | undefined; ; ) {
      const records = await log.everyCdr(operatorId, after, CHUNK);
      await transact(async (tx) => {
        for (const record of records)
          if (await store.insertCdr(tx, operatorId, { ...record, life: NEW_LIFE })) await store.saveDecision(tx, operatorId, record);
      });
      after = records.at(-1)?.key;
      if (records.length < CHUNK) break;
    }
    let added = 0;
    for (const issuer of await log.issuers(operatorId)) {
      const key = await ports.signer.keyOf(operatorId, issuer);
      for (let height = 0; ; ) {
        const blocks = await log.blocksFrom(operatorId, issuer, height, CHUNK);
        for (const block of blocks) {
          const entries = await log.entriesIn(operatorId, issuer, block.height);
          added += await transact(async (tx) => {
            await store.lockNames(tx, operatorId, [`seal ${issuer}`]);
            const last = await store.lastBlock(tx, operatorId, issuer);
            if (last && last.height >= block.height) return 0;
            for (const period of new Set(entries.map((entry) => entry.period))) await store.ensurePeriod(tx, operatorId, period);
            for (const entry of entries) await store.post(tx, operatorId, [entry], entry);
            const written = await store.unsealed(tx, operatorId, issuer, entries.length + 1);
            const leaves = written.map((entry) => ({ entryId: entry.id, hash: leafOf(entry) }));
            const { sealedAt } = block;
            const again = sealBlock(
              leaves.map(({ hash }) => hash),
              { height: (last?.height ?? -1) + 1, previous: last?.hash ?? '0'.repeat(64), sealedAt },
              key,
            );
            const hash = blockHash(again);
            if (hash !== block.hash) throw new Error(`block ${block.height} of ${issuer} is ${hash} here and ${block.hash} in the log`);
            await store.saveBlock(tx, operatorId, issuer, { ...again, hash }, leaves, fold(written));
            return 1;
          });
          height = block.height + 1;
        }
        if (blocks.length < CHUNK) break;
      }
    }
    return added;
  };
}
