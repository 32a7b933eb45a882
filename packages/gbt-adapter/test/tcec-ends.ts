import {
  connect,
  type Handle,
  type Keys,
  type queryStartCharge,
  type RequestOf,
  type ResponseOf,
  type ServeOptions,
  serve,
  stampText,
  type TcecClient,
  type TcecError,
  type TcecServer,
} from '@evroam/gbt-adapter/tcec102';
import { expect } from 'chai';

export const KEYS: Keys = {
  operatorId: '987654321',
  operatorSecret: 'operator secret',
  dataSecret: '1234567890abcdef',
  dataSecretIV: 'fedcba0987654321',
  sigSecret: 'a signature secret',
};
export const NOW = new Date('2026-10-09T04:00:00Z');
export const SEQ = '987654321202610090000000001';
export const START: RequestOf<typeof queryStartCharge> = { StartChargeSeq: SEQ, ConnectorID: '32010600019236010000000001' };
export const started = ({ StartChargeSeq, ConnectorID }: typeof START): ResponseOf<typeof queryStartCharge> => ({
  StartChargeSeq,
  StartChargeSeqStat: 1,
  ConnectorID,
  SuccStat: 0,
  FailReason: 0,
});

/** A server for one partner, and that partner, joined without a network; time stands still. */
export function ends(options: Partial<ServeOptions> = {}): {
  server: TcecServer;
  refused: string[];
  faults: unknown[];
  client: TcecClient;
} {
  const [refused, faults]: [string[], unknown[]] = [[], []];
  const server = serve({
    operatorId: '123456789',
    partnerOf: (id) => (id === KEYS.operatorId ? { keys: KEYS } : undefined),
    now: () => NOW,
    refused: ({ error }) => void refused.push(`${error.code}: ${error.message}`),
    fault: (error) => void faults.push(error),
    ...options,
  });
  return { server, refused, faults, client: connect({ keys: KEYS, to: server.receive, now: () => NOW }) };
}
export const post = async (
  to: Handle,
  envelope: unknown,
  { name = 'query_start_charge', token }: { name?: string; token?: string } = {},
): Promise<Record<string, unknown>> =>
  JSON.parse(
    (
      await to({
        interface: name,
        authorization: token === undefined ? undefined : `Bearer ${token}`,
        body: typeof envelope === 'string' ? envelope : JSON.stringify(envelope),
      })
    ).body,
  );
export const failure = (promise: Promise<unknown>): Promise<TcecError> =>
  promise.then(
    () => expect.fail('it succeeded'),
    (error: TcecError) => error,
  );
export const stamp = (seq: string, at = NOW): { timeStamp: string; seq: string } => ({ timeStamp: stampText(at), seq });
