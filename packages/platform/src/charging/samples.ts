import { hash } from 'node:crypto';
import type { Activity, Sample } from '../model/heard.js';
import type { ChargingEvent } from './session-state.js';

/** A message of a station about one session, as it is kept: raw times, nothing corrected. */
export interface HeardMessage {
  kind: ChargingEvent['kind'];
  samples: readonly Sample[];
  at: Date;
  seqNo?: number;
  activity?: Activity;
  /** The time is by our clock, not the station's. */
  ourClock?: true;
  /** Of a stop; absent where it said none. */
  registerMilliWh?: number;
  reason?: string;
}

/** A change of this layout takes the next number; old rows stay readable. */
const LAYOUT = 1;
const HEADER = 9;
const ENTRY = 14;
const KINDS = ['started', 'metered', 'stopped'] as const;
const ACTIVITIES = ['charging', 'suspended', 'unknown'] as const;
/** Set beside the kind. */
const OUR_CLOCK = 0x80;
const REGISTER = 0;
/** The stop's own register, which is no sample. */
const STOP_REGISTER = 255;
/** Numbers are never given to another measurand. Anything else that a station measures is not kept here. */
const MEASURANDS = [
  'Energy.Active.Import.Register',
  'Energy.Active.Export.Register',
  'Energy.Reactive.Import.Register',
  'Energy.Reactive.Export.Register',
  'Energy.Active.Import.Interval',
  'Energy.Active.Export.Interval',
  'Power.Active.Import',
  'Power.Active.Export',
  'Power.Reactive.Import',
  'Power.Reactive.Export',
  'Power.Offered',
  'Power.Factor',
  'Current.Import',
  'Current.Export',
  'Current.Offered',
  'Voltage',
  'Frequency',
  'Temperature',
  'SoC',
  'RPM',
];
const PHASES = ['', 'L1', 'L2', 'L3', 'N', 'L1-N', 'L2-N', 'L3-N', 'L1-L2', 'L2-L3', 'L3-L1'];
const codes = new Map(MEASURANDS.map((name, code) => [name, code]));
const phaseCodes = new Map(PHASES.map((name, code) => [name, code]));

/** A message as bytes: a header, then `ms after at`, measurand, phase and value of each sample. */
export function pack(message: HeardMessage): Buffer {
  const { at, samples, registerMilliWh } = message;
  let count = registerMilliWh === undefined ? 0 : 1;
  for (const { registerMilliWh: register, values } of samples) {
    count += register === undefined ? 0 : 1;
    for (const { measurand } of values) if (codes.has(measurand)) count += 1;
  }
  const reason = Buffer.from(message.reason ?? '', 'utf8');
  const bytes = Buffer.allocUnsafe(HEADER + count * ENTRY + reason.length);
  bytes[0] = LAYOUT;
  bytes[1] = KINDS.indexOf(message.kind) | (message.ourClock ? OUR_CLOCK : 0);
  bytes[2] = message.activity === undefined ? 255 : ACTIVITIES.indexOf(message.activity);
  bytes.writeInt32LE(message.seqNo ?? -1, 3);
  bytes.writeUInt16LE(count, 7);
  let offset = HEADER;
  const put = (ms: number, code: number, phase: number, milli: number) => {
    bytes.writeInt32LE(Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, ms)), offset);
    bytes[offset + 4] = code;
    bytes[offset + 5] = phase;
    bytes.writeBigInt64LE(BigInt(milli), offset + 6);
    offset += ENTRY;
  };
  for (const sample of samples) {
    const ms = sample.at.getTime() - at.getTime();
    if (sample.registerMilliWh !== undefined) put(ms, REGISTER, 0, sample.registerMilliWh);
    for (const { measurand, phase, milli } of sample.values) {
      const code = codes.get(measurand);
      if (code !== undefined) put(ms, code, phaseCodes.get(phase ?? '') ?? 0, milli);
    }
  }
  if (registerMilliWh !== undefined) put(0, STOP_REGISTER, 0, registerMilliWh);
  reason.copy(bytes, offset);
  return bytes;
}

export function unpack(at: Date, bytes: Buffer): HeardMessage {
  if (bytes[0] !== LAYOUT) throw new Error(`samples in layout ${bytes[0]} are from a newer version`);
  const kind = KINDS[bytes[1]! & ~OUR_CLOCK]!;
  const activity = ACTIVITIES[bytes[2]!];
  const seqNo = bytes.readInt32LE(3);
  const count = bytes.readUInt16LE(7);
  const byMoment = new Map<number, { registerMilliWh?: number; values: Sample['values'][number][] }>();
  let stopRegister: number | undefined;
  for (let i = 0; i < count; i += 1) {
    const offset = HEADER + i * ENTRY;
    const ms = bytes.readInt32LE(offset);
    const code = bytes[offset + 4]!;
    const milli = Number(bytes.readBigInt64LE(offset + 6));
    if (code === STOP_REGISTER) stopRegister = milli;
    else {
      const moment = byMoment.get(ms) ?? { values: [] };
      byMoment.set(ms, moment);
      const phase = PHASES[bytes[offset + 5]!];
      if (code === REGISTER && !phase && moment.registerMilliWh === undefined) moment.registerMilliWh = milli;
      else moment.values.push({ measurand: MEASURANDS[code] ?? String(code), ...(phase ? { phase } : {}), milli });
    }
  }
  const reason = bytes.toString('utf8', HEADER + count * ENTRY);
  return {
    kind,
    at,
    samples: [...byMoment].map(([ms, moment]) => ({ at: new Date(at.getTime() + ms), ...moment })),
    ...(seqNo < 0 ? {} : { seqNo }),
    ...(activity === undefined ? {} : { activity }),
    ...((bytes[1]! & OUR_CLOCK) === 0 ? {} : { ourClock: true as const }),
    ...(stopRegister === undefined ? {} : { registerMilliWh: stopRegister }),
    ...(reason === '' ? {} : { reason }),
  };
}

/** What makes two messages of one session the same message: their number where they have one, else all of their content. 8 bytes, hexadecimal. */
export function digestOf(message: HeardMessage, packed: Buffer): string {
  const { seqNo, at } = message;
  if (seqNo === undefined) return hash('sha256', Buffer.concat([Buffer.from(String(at.getTime())), packed])).slice(0, 16);
  const number = Buffer.alloc(8);
  number.writeInt32LE(seqNo, 4);
  return number.toString('hex');
}

/** The events of a message, as the session hears them: what was measured, then what happened. */
export function eventsOf({ kind, at, samples, seqNo, activity, ourClock, registerMilliWh, reason }: HeardMessage): ChargingEvent[] {
  const numbered = seqNo === undefined ? {} : { seqNo };
  const doing = { ...(activity === undefined ? {} : { activity }), ...(ourClock ? { ourClock } : {}) };
  if (kind === 'stopped') {
    const own = registerMilliWh ?? registerAt(samples, at);
    // The last sample stands at the moment of the stop: it says the same as the stop does.
    const before = samples.filter((sample) => sample.at < at);
    return [
      ...before.flatMap(metered),
      { kind, at, ...numbered, reason: reason ?? 'Local', ...(own === undefined ? {} : { registerMilliWh: own }) },
    ];
  }
  const now = registerAt(samples, at);
  const others = samples.filter((sample) => sample.at.getTime() !== at.getTime());
  if (kind === 'metered' && samples.length > 0 && now === undefined && activity === undefined && seqNo === undefined)
    return samples.flatMap(metered);
  return [{ kind, at, ...numbered, ...doing, ...(now === undefined ? {} : { registerMilliWh: now }) }, ...others.flatMap(metered)];
}

function registerAt(samples: readonly Sample[], at: Date): number | undefined {
  return samples.find((sample) => sample.at.getTime() === at.getTime() && sample.registerMilliWh !== undefined)?.registerMilliWh;
}

function metered({ at, registerMilliWh }: Sample): ChargingEvent[] {
  return registerMilliWh === undefined ? [] : [{ kind: 'metered', at, registerMilliWh }];
}
