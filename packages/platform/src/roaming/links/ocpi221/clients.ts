import { type Client, type Handle, type Interface, OcpiError } from '@evroam/ocpi';
import type { BridgeVersion } from '@evroam/ocpi/bridge';
import type { PartyId } from '../../../model/party.js';
import type { Message } from '../../message.js';
import type { Connection } from '../../partner.js';
import type { About, Bridge } from '../bridged/bridge.js';
import { connectIn } from '../bridged/client.js';
import { HOME } from '../bridged/versions.js';

export interface ClientNeeds {
  /** Keeps the time that a request says it may take. */
  handle: Handle;
  version: BridgeVersion;
  connection: Connection;
  bridge: Bridge;
  /** The token that we present to this partner. */
  token: string;
  /** How long it may take for an answer; the library's default where its quirks say nothing. */
  timeoutMs?: number;
}

/** The client of one side of a module at the partner, for a message about somebody's object; `at` is an address in place of its endpoint. */
export type ClientOf = <F extends Interface>(
  message: Pick<Message, 'operatorId'>,
  face: F,
  whose: PartyId | Omit<About, 'operatorId'>,
  at?: string,
) => Client<F>;

export function createClients({ handle, connection, token, version, bridge, timeoutMs }: ClientNeeds): ClientOf {
  // In our own version nothing is bridged, so that a client is the same for every message.
  const known = new Map<Interface, unknown>();

  return <F extends Interface>(
    { operatorId }: Pick<Message, 'operatorId'>,
    face: F,
    whose: PartyId | Omit<About, 'operatorId'>,
    at?: string,
  ) => {
    const kept = at === undefined ? known.get(face) : undefined;
    if (kept) return kept as Client<F>;
    const endpoint = connection.endpoints.find(
      ({ identifier, role }) => identifier === face.module && (role === undefined || role === face.role),
    );
    const url = at ?? endpoint?.url;
    if (url === undefined) throw new OcpiError('no-endpoints', `the partner serves no ${face.module} (${face.role})`);
    const settings = { url, token, coding: connection.coding, handleKeepsTime: true, ...(timeoutMs === undefined ? {} : { timeoutMs }) };
    const about = typeof whose === 'string' ? { owner: whose } : whose;
    const client = connectIn(version, face, handle, settings, bridge, { operatorId, ...about });
    if (version === HOME && at === undefined) known.set(face, client);
    return client;
  };
}
