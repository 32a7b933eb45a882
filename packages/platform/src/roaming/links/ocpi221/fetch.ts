import { connect, crawl, type ListMethod, OcpiError } from '@evroam/ocpi';
import { PricingError } from '@evroam/ocpi/pricing';
import type { PartyId, TradeRole } from '../../../model/party.js';
import type { ImportedModule } from '../../import.js';
import type { Connection, Partner } from '../../partner.js';
import type { Calling } from '../../trace/observe.js';
import type { Bridge } from '../bridged/bridge.js';
import { faceIn, HOME, isSpoken, objectOf } from '../bridged/versions.js';
import { Untranslatable } from './values.js';

export interface FetchNeeds {
  call: Calling;
  bridge: Bridge;
}

/** An object of a list: as its owner wrote it, in the version that it speaks, and in the words of 2.2.1. */
export interface Listed {
  version: string;
  bytes: Buffer;
  home: unknown;
}

/** What became of an object; a refusal says why. */
export type Kept = 'kept' | 'unchanged' | { refused: string };

export interface PageDone {
  kept: number;
  unchanged: number;
  refused: readonly { item: unknown; reason: string }[];
  total?: number;
  /** Where to go on after a break. */
  next?: string;
}

/** Whose list it is: of a CPO, or of an eMSP. */
export const ROLE_OF: Readonly<Record<ImportedModule, TradeRole>> = {
  tariffs: 'cpo',
  locations: 'cpo',
  tokens: 'emsp',
  sessions: 'cpo',
  cdrs: 'cpo',
};

/** Where a partner lists a module; undefined where it does not. */
export function listUrl({ connection, parties }: Partner, module: ImportedModule): string | undefined {
  if (!parties.some(({ role }) => role === ROLE_OF[module])) return undefined;
  return connection?.endpoints.find(({ identifier, role }) => identifier === module && (role === undefined || role === 'SENDER'))?.url;
}

/**
 * Reads a partner's list page by page, so that memory does not grow with it. A bad object is told with its page, and the rest of the page
 * is kept.
 */
export async function* fetchPages(
  partner: Partner & { connection: Connection },
  token: string,
  module: ImportedModule,
  from: { next?: string; since?: Date },
  keep: (item: Listed) => Promise<Kept>,
  { call, bridge }: FetchNeeds,
): AsyncGenerator<PageDone> {
  const { operatorId, connection, quirks } = partner;
  const { version, coding } = connection;
  const url = listUrl(partner, module);
  const owner = partner.parties.find(({ role }) => role === ROLE_OF[module])?.party;
  if (url === undefined || owner === undefined || !isSpoken(version)) return;
  const face = faceIn(version, module, 'SENDER');
  const object = objectOf(face?.routes.list?.says.data);
  if (!face || !object) return;
  const settings = { url, token, coding, ...(quirks?.timeoutMs === undefined ? {} : { timeoutMs: quirks.timeoutMs }) };
  const { list } = connect(face, (request) => call(request, partner), settings) as unknown as { list: ListMethod<unknown> };
  const window = {
    ...(from.since ? { dateFrom: from.since } : {}),
    ...(quirks?.pageLimit === undefined ? {} : { limit: quirks.pageLimit }),
  };
  for await (const { items, reply, next } of crawl(list, { window, ...(from.next === undefined ? {} : { from: from.next }) })) {
    const refused: { item: unknown; reason: string }[] = (reply.page?.refused ?? []).map(({ item, violation }) => ({
      item,
      reason: `${violation.path} ${violation.message}`,
    }));
    let kept = 0;
    let unchanged = 0;
    for (const item of items) {
      const became = await attempt(async () => {
        const home = await bridge(version, HOME, object, item, { operatorId, owner, correlation: reply.correlationId });
        return keep({ version, bytes: Buffer.from(JSON.stringify(item)), home });
      });
      if (became === 'kept') kept += 1;
      else if (became === 'unchanged') unchanged += 1;
      else refused.push({ item, reason: became.refused });
    }
    const total = reply.page?.total;
    yield { kept, unchanged, refused, ...(total === undefined ? {} : { total }), ...(next === undefined ? {} : { next }) };
  }
}

async function attempt(work: () => Promise<Kept>): Promise<Kept> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Untranslatable || error instanceof PricingError || error instanceof OcpiError) return { refused: error.message };
    throw error;
  }
}

/** The refusal of an object that belongs to nobody for whom the partner speaks. */
export const foreign = (owner: PartyId): Kept => ({ refused: `it belongs to ${owner}, for which the partner does not speak` });
