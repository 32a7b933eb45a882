/**
 * A statement that a partner checks on its own machine:
 *
 *     import { readFileSync } from 'node:fs';
 *     import { recompute, verify } from '@evroam/ocpi/statement';
 *
 *     const text = readFileSync('2026-10.statement.json');
 *     const checked = verify(text, { publicKey: readFileSync('agreement/hub.pub.pem') });
 *     if (!checked.ok) throw new Error(checked.faults.map(({ pointer, message }) => `${pointer} ${message}`).join('\n'));
 *     for (const { cdr, ok, faults } of recompute(text, { cdrs: ourStoredCdrs }).lines) console.log(cdr, ok ? 'ok' : faults);
 *
 * @module
 */
export type { LineInput, StatementInput } from './build.js';
export { buildStatement } from './build.js';
export type {
  AgreementSnapshot,
  CdrForm,
  MinorAmount,
  PricedRecord,
  StatementAccount,
  StatementBundle,
  StatementHeader,
  StatementLine,
  StatementParty,
  StatementTotals,
} from './bundle.js';
export type { JsonValue } from './canonical.js';
export { canonical, digest, hashOf } from './canonical.js';
export type { Key } from './key.js';
export type { BlockHeader, Entry, HiddenLeg, Inclusion, Leg, SignedBlock } from './ledger.js';
export { blockHash, entryHash, legHash, sealBlock, showLegs, verifyBlock } from './ledger.js';
export type { MerkleTree } from './merkle.js';
export { merklePath, merkleRoot, merkleTree, rootOf } from './merkle.js';
export type { Fault, StatementSource } from './read.js';
export type { OwnCdrs, Recomputed, RecomputedLine } from './recompute.js';
export { recompute } from './recompute.js';
export type { SessionJson, TariffJson } from './snapshot.js';
export { sessionJson, sessionOf, tariffJson, tariffOf } from './snapshot.js';
export type { Verified, VerifyOptions } from './verify.js';
export { verify } from './verify.js';
