import type { CapturedFrame } from '../../kernel/captured.js';
import type { PartnerId } from '../../kernel/ids.js';
import type { PartyId } from '../../model/party.js';

/** A request over OCPI and its answer, as the hub received or sent it. What is absent was not said, or is not known. */
export interface TracedExchange {
  kind: 'exchange';
  /** When it began: ms since 1970, domain time. */
  at: number;
  /** How long it took, wall time. */
  ms: number;
  /** Towards us, or from us. */
  way: 'in' | 'out';
  partner: PartnerId;
  /** ocpi2.2.1; only `ocpi` before a version is agreed. */
  protocol: string;
  module?: string | undefined;
  role?: 'SENDER' | 'RECEIVER' | undefined;
  method: string;
  /** Path and query, without a host. */
  path: string;
  status?: number | undefined;
  /** OCPI's own status code, from the envelope. */
  statusCode?: number | undefined;
  /** Why there is no answer. */
  error?: string | undefined;
  from?: PartyId | undefined;
  to?: PartyId | undefined;
  correlation?: string | undefined;
  /** The correlation id of the message that this one follows from, where its own is another. */
  related?: string | undefined;
  request?: string | undefined;
  requestBytes: number;
  answerBytes: number;
  /** Whether the bodies are kept, or were lost because there was no room. */
  bodies?: 'kept' | 'lost';
}

/** What an object lost on its way from one version to another. */
export interface TracedLoss {
  kind: 'loss';
  at: number;
  correlation?: string | undefined;
  object: string;
  id?: string | undefined;
  owner: PartyId;
  fromVersion: string;
  toVersion: string;
  losses: readonly { kind: string; pointer: string; message: string }[];
  /** How many more there were than are kept. */
  more?: number;
}

export type TraceLine = TracedExchange | TracedLoss;

/** Bodies as they are kept: secrets masked. */
export interface TracedBodies {
  request?: string;
  answer?: string;
  /** One of them was longer than what is kept of it. */
  cut?: true;
}

/** What a trace is found by; all of it must be true of a line. */
export interface TraceFilter {
  correlation?: string;
  partner?: string;
  module?: string;
  /** The id of an object that lost something. */
  object?: string;
  /** Only what was refused or got no answer. */
  failed?: boolean;
  kind?: TraceLine['kind'];
}

/** Refused, or without an answer. OCPI 2.2.1, 5 */
export const isFailed = ({ status, statusCode }: Pick<TracedExchange, 'status' | 'statusCode'>): boolean =>
  status === undefined || status >= 300 || (statusCode !== undefined && statusCode >= 2000);

export function fits(line: TraceLine, { correlation, partner, module, object, failed, kind }: TraceFilter): boolean {
  if (kind !== undefined && line.kind !== kind) return false;
  if (correlation !== undefined && line.correlation !== correlation && (line.kind === 'loss' || line.related !== correlation)) return false;
  if (line.kind === 'loss') return partner === undefined && module === undefined && !failed && (object === undefined || line.id === object);
  if (object !== undefined || (failed && !isFailed(line))) return false;
  return (partner === undefined || line.partner === partner) && (module === undefined || line.module === module);
}

/** Under what a line is found: a segment of lines is indexed by the numbers of all of them. */
export function addKeys(keys: Set<number>, line: TraceLine): void {
  if (line.correlation !== undefined) keys.add(hashOf(`c ${line.correlation}`));
  if (line.kind === 'loss') {
    keys.add(hashOf('loss'));
    if (line.id !== undefined) keys.add(hashOf(`o ${line.id}`));
    return;
  }
  if (line.related !== undefined) keys.add(hashOf(`c ${line.related}`));
  keys.add(hashOf(`p ${line.partner}`));
  if (line.module !== undefined) keys.add(hashOf(`m ${line.module}`));
  if (isFailed(line)) keys.add(hashOf('failed'));
}

/** The numbers that a segment must have if something in it fits; `exchange` has none, since nearly every segment holds some. */
export function filterKeys({ correlation, partner, module, object, failed, kind }: TraceFilter): number[] {
  const keys: number[] = [];
  if (correlation !== undefined) keys.push(hashOf(`c ${correlation}`));
  if (partner !== undefined) keys.push(hashOf(`p ${partner}`));
  if (module !== undefined) keys.push(hashOf(`m ${module}`));
  if (object !== undefined) keys.push(hashOf(`o ${object}`));
  if (failed) keys.push(hashOf('failed'));
  if (kind === 'loss') keys.push(hashOf('loss'));
  return keys;
}

/** FNV-1a in 32 bits: cheap, and two texts with one number cost a look at a segment, not a wrong answer. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash | 0;
}

/** An exchange in the capture format: its request and, if there was one, its answer, as HTTP writes them; a body only where it was kept. */
export function toFrames(line: TracedExchange, bodies: TracedBodies = {}): CapturedFrame[] {
  const { at, ms, way, protocol, partner: peer, method, path, status } = line;
  const request: CapturedFrame = {
    at: new Date(at).toISOString(),
    protocol,
    peer,
    way,
    text: `${method} ${path} HTTP/1.1\r\n${headerLines(line)}\r\n${bodies.request ?? ''}`,
  };
  if (status === undefined) return [request];
  const answeredAt = new Date(at + Math.round(ms)).toISOString();
  const back = way === 'in' ? 'out' : 'in';
  return [
    request,
    {
      at: answeredAt,
      protocol,
      peer,
      way: back,
      text: `HTTP/1.1 ${status}\r\n${headerLines({ ...line, from: line.to, to: line.from })}\r\n${bodies.answer ?? ''}`,
    },
  ];
}

function headerLines({ request, correlation, from, to }: TracedExchange): string {
  const party = (side: string, id: PartyId | undefined) =>
    id === undefined ? '' : `ocpi-${side}-country-code: ${id.slice(0, 2)}\r\nocpi-${side}-party-id: ${id.slice(3)}\r\n`;
  const one = (name: string, value: string | undefined) => (value === undefined ? '' : `${name}: ${value}\r\n`);
  return `${one('x-request-id', request)}${one('x-correlation-id', correlation)}${party('from', from)}${party('to', to)}`;
}
