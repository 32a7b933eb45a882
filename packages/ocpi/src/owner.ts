// Three places name the owner of an object: the URL, the headers and the body. They must agree. OCPI 2.2.1, 4.1.5, 4.2
import { sameText } from './check.js';
import { OcpiError } from './envelope.js';
import { type Party, partyKey } from './headers.js';
import type { Payload } from './message.js';
import type { InterfaceRole } from './module.js';

/** A write as far as ownership is concerned. */
export interface OwnedWrite {
  readonly request: { readonly method: string; readonly body?: Payload };
  readonly module: string;
  readonly role: InterfaceRole | undefined;
  readonly path: string;
}

const ownedModules: ReadonlySet<string> = new Set(['locations', 'sessions', 'cdrs', 'tariffs', 'tokens', 'invoicereconciliation']);

/** The owner that the path of a client-owned object names. */
export function ownerInPath(path: string): Party | undefined {
  const [, country, party] = path.split('/');
  return country?.length === 2 && party !== undefined && party.length >= 1 && party.length <= 3 ? { country, party } : undefined;
}

/** Refuses a push of an object whose URL, sender and body do not name the same owner. Throws 'invalid'. */
export function checkOwner({ request, module, role, path }: OwnedWrite, from: Party): void {
  if (role !== 'RECEIVER' || !ownedModules.has(module)) return;
  const inPath = ownerInPath(path);
  if (inPath && partyKey(inPath) !== partyKey(from))
    throw new OcpiError('invalid', `the URL names ${inPath.country} ${inPath.party}, the sender is ${from.country} ${from.party}`);
  const body = request.body && !request.body.isEmpty ? request.body.value : undefined;
  if (typeof body !== 'object' || body === null) return;
  const { country_code, party_id } = body as { readonly country_code?: unknown; readonly party_id?: unknown };
  differs('/country_code', country_code, from.country);
  differs('/party_id', party_id, from.party);
}

function differs(path: string, value: unknown, wanted: string): void {
  if (value === undefined) return;
  if (typeof value !== 'string' || !sameText(value, wanted))
    throw new OcpiError('invalid', `${path}: the body says ${String(value)}, the sender is ${wanted}`, { path });
}
