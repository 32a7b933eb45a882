// What a partner does with a statement: it trusts the pinned key and its own stored bytes, and nothing else.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Fault, type Recomputed, recompute, verify } from '@evroam/ocpi/statement';
import { isRecord } from './output/path.js';

export interface StatementVerdict {
  readonly ok: boolean;
  /** Text, signature, hashes, inclusion and sums hold. */
  readonly verified: boolean;
  /** Every line was priced again with the same result, and equals the own CDR where one was given. */
  readonly recomputed: boolean;
  readonly lines: Recomputed['lines'];
  readonly faults: readonly Fault[];
  /** Own CDRs that no line names. */
  readonly unstated: readonly string[];
}

/** Verifies a statement and computes it again; with own CDRs, a line for which there is none is a fault. */
export function checkStatement(
  bundle: Uint8Array,
  publicKey: Buffer,
  own: ReadonlyMap<string, Uint8Array> | undefined,
  blockKeys: readonly Buffer[] = [],
): StatementVerdict {
  const verified = verify(bundle, { publicKey, ...(blockKeys.length > 0 ? { blockKeys: [publicKey, ...blockKeys] } : {}) });
  const again = recompute(bundle, own === undefined ? {} : { cdrs: own });
  const missing = again.lines
    .filter(({ ownCdr }) => ownCdr === 'missing')
    .map(({ line, cdr }): Fault => ({ line, pointer: `/lines/${line}/cdr`, message: `there is no own CDR ${cdr ?? ''}` }));
  const recomputed = again.ok && missing.length === 0;
  const faults = [...(verified.ok ? [] : verified.faults), ...again.faults, ...again.lines.flatMap((line) => line.faults), ...missing];
  const stated = new Set(again.lines.map(({ cdr }) => cdr));
  return {
    ok: verified.ok && recomputed,
    verified: verified.ok,
    recomputed,
    lines: again.lines,
    faults: faults.filter(
      (fault, index) => faults.findIndex((each) => each.pointer === fault.pointer && each.message === fault.message) === index,
    ),
    unstated: own === undefined ? [] : [...own.keys()].filter((key) => !stated.has(key)),
  };
}

/** The CDRs of a folder, one a file, as the bytes that were exchanged; keyed by owner and id, which their content tells. */
export async function readOwnCdrs(folder: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const own = new Map<string, Uint8Array>();
  for (const name of (await readdir(folder)).filter((each) => each.endsWith('.json')).sort()) {
    const bytes = await readFile(join(folder, name));
    let cdr: unknown;
    try {
      cdr = JSON.parse(bytes.toString('utf8'));
    } catch (error) {
      throw new Error(`${name} is not JSON`, { cause: error });
    }
    if (!isRecord(cdr)) throw new Error(`${name} is not a CDR`);
    own.set([cdr.country_code, cdr.party_id, cdr.id].filter((part) => part !== undefined).join('*'), bytes);
  }
  return own;
}
