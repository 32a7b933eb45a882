import { Ajv, type ValidateFunction } from 'ajv';
import { checkReceived } from './check.js';
import { decrypt, isSigned, type Keys } from './crypto.js';
import { normalise, statusesOf } from './dialect.js';
import { readRequest } from './envelope.js';
import { TcecError } from './errors.js';
import type { Interface } from './interface.js';
import * as interfaces from './interfaces.js';
import { type Schema, strict } from './schema.js';

/** Every interface by its name in the URL. */
export const INTERFACES: ReadonlyMap<string, Interface> = new Map(
  Object.values<Interface>(interfaces).map((definition) => [definition.name, definition]),
);

/** The interface of a name. Throws TcecError Interface. */
export function interfaceOf(name: string): Interface {
  const definition = INTERFACES.get(name);
  if (!definition) throw new TcecError('Interface', `${JSON.stringify(name)} is no interface of T/CEC 102-2016`);
  return definition;
}

/** What is to be said about a message: an error is refused, a deviation is taken but is not what the text says. */
export interface Finding {
  readonly level: 'error' | 'deviation';
  readonly message: string;
}

/** Compares a decrypted message with the definition: first as we take it, then as the 2016 text has it. */
export function lint(name: string, side: 'request' | 'response', value: unknown): readonly Finding[] {
  const definition = interfaceOf(name);
  const schema = definition[side];
  const single =
    name === interfaces.notificationStationStatus.name && side === 'request' ? { ConnectorStatusInfo: statusesOf(value)[0] } : value;
  try {
    checkReceived<unknown>(schema, normalise(schema, single), 'Parameters');
  } catch (error) {
    if (!(error instanceof TcecError)) throw error;
    return [{ level: 'error', message: error.message }];
  }
  return deviations(schema, value);
}

const closed = new WeakMap<Schema, ValidateFunction>();

function deviations(schema: Schema, value: unknown): Finding[] {
  const check = closed.get(schema) ?? new Ajv({ multipleOfPrecision: 6, allErrors: true }).compile(strict(schema));
  closed.set(schema, check);
  check(value);
  return (check.errors ?? []).map(({ instancePath, message, params }) => {
    const { additionalProperty } = params as { additionalProperty?: string };
    return {
      level: 'deviation',
      message: `${instancePath}${additionalProperty === undefined ? '' : `/${additionalProperty}`} ${message}`.trim(),
    };
  });
}

/** An envelope opened for a person to read: from a log, with keys from a file; no window, no guard. */
export interface Opened {
  readonly kind: 'request' | 'response';
  readonly signature: 'ok' | 'wrong';
  readonly operatorId: string | undefined;
  readonly ret: number | undefined;
  /** What was encrypted; undefined with a wrong signature. */
  readonly text: string | undefined;
  /** The same parsed; undefined where it is not JSON, as in the annex of the standard. */
  readonly data: unknown;
}

/** Verifies and decrypts an envelope of either kind; a wrong signature is told and nothing is decrypted. Throws TcecError. */
export function openEnvelope(keys: Keys, envelope: unknown): Opened {
  const given = (typeof envelope === 'object' && envelope !== null ? envelope : {}) as Readonly<Record<string, unknown>>;
  if ('Ret' in given) {
    const [ret, msg, data] = [Number(given.Ret), String(given.Msg ?? ''), String(given.Data ?? '')];
    const isRight = isSigned(keys, String(given.Sig ?? ''), String(ret), msg, data);
    return { kind: 'response', operatorId: undefined, ret, ...opened(keys, isRight, data) };
  }
  const { OperatorID, Data, TimeStamp, Seq, Sig } = readRequest(envelope);
  const isRight = isSigned(keys, Sig, OperatorID, Data, TimeStamp, Seq);
  return { kind: 'request', operatorId: OperatorID, ret: undefined, ...opened(keys, isRight, Data) };
}

function opened(keys: Keys, isRight: boolean, cipher: string): Pick<Opened, 'signature' | 'text' | 'data'> {
  if (!isRight) return { signature: 'wrong', text: undefined, data: undefined };
  const text = cipher === '' ? '' : decrypt(keys, cipher);
  try {
    return { signature: 'ok', text, data: JSON.parse(text) };
  } catch {
    // Not JSON: the text alone is the answer.
    return { signature: 'ok', text, data: undefined };
  }
}
