import {
  BRM,
  bodyOf,
  decodeHex,
  decodePayload,
  encodeHex,
  encodePayload,
  frameFrom,
  idText,
  MESSAGES,
  messageOf,
  type Outcome,
  parseFrame,
  SessionTracker,
  splitId,
  TransportMonitor,
} from '@evroam/gbt-adapter/gbt27930';
import { expect } from 'chai';
import { read, vectors } from './data.js';

type Fields = Readonly<Record<string, unknown>>;
interface Single {
  readonly message: string;
  readonly id: string;
  readonly priority: number;
  readonly pgn: number;
  readonly data_hex: string;
  readonly decoded: Fields;
}

const camel = (name: string): string => name.replace(/_([a-zA-Z])/g, (_, letter: string) => letter.toUpperCase());
const ascii = (hex: unknown): string | null => {
  const bytes = Buffer.from(String(hex ?? ''), 'hex');
  return bytes.length > 0 && bytes.every((byte) => byte >= 32 && byte < 127) ? bytes.toString('latin1') : null;
};
const flagBytes = (fields: Fields, names: readonly string[]): string => (names.every((name) => fields[name] === 0) ? '0000' : 'set');

/** Values that the vectors name or cut otherwise: how ours is said their way. Everything else has our name in snake case. */
const SAID: Readonly<Record<string, (fields: Fields, wire: Buffer) => unknown>> = {
  version_bytes: (f) => {
    const [major, minor] = String(f.version).split('.').map(Number);
    return [major, minor! & 255, minor! >> 8];
  },
  identified: (f) => f.result === 'AA',
  charger_no_raw: (f) => f.chargerNo,
  area_code_hex: (f) => (f.areaCode === null ? 'ffffff' : String(f.areaCode).toLowerCase()),
  area_code_ascii: (f) => ascii(f.areaCode),
  'CRM.result': (f) => `0x${f.result}`,
  bcd_second: (f) => f.second,
  bcd_minute: (f) => f.minute,
  bcd_hour: (f) => f.hour,
  bcd_day: (f) => f.day,
  bcd_month: (f) => f.month,
  year_bytes_hex: (f, wire) =>
    f.year === null
      ? wire.subarray(5).toString('hex')
      : String(f.year)
          .padStart(4, '0')
          .replace(/(..)(..)/, '$2$1'),
  'CTS.raw': (_, wire) => [...wire],
  'BRO.ready': (f) => f.ready === 'AA',
  'CRO.ready': (f) => f.ready === 'AA',
  'BRO.raw': (f) => `0x${f.ready}`,
  'CRO.raw': (f) => `0x${f.ready}`,
  mode: (f) => (f.mode === 2 ? 'CC' : 'CV'),
  charging_allowed: (f) => f.chargingAllowed === 1,
  'BSM.charging_allowed': (f) => f.chargingAllowed,
  dlc: (_, wire) => wire.length,
  max_cell_voltage_no_raw: (f) => Number(f.maxCellVoltageNo) - 1,
  max_temp_point_raw: (f) => Number(f.maxTempPointNo) - 1,
  min_temp_point_raw: (f) => Number(f.minTempPointNo) - 1,
  overcurrent: (f) => f.overCurrent,
  overtemp: (f) => f.overTemp,
  'BSM.reserved': (_, wire) => wire[6]! >> 6,
  bms_initiated: (f) => f.bmsStopped,
  charger_initiated: (f) => f.chargerStopped,
  charger_overtemp: (f) => f.chargerOverTemp,
  internal_overtemp: (f) => f.internalOverTemp,
  fault_bits_hex: (f) =>
    flagBytes(f, [
      'insulationFault',
      'outputConnectorOverTemp',
      'componentOverTemp',
      'connectorFault',
      'packOverTemp',
      'relayFault',
      'detectionPoint2Fault',
      'otherFault',
    ]),
  spn3901_crm00: (f) => f.crm00,
  spn3902_crmAA: (f) => f.crmAA,
  spn3903_cts_cml: (f) => f.ctsCml,
  spn3904_cro: (f) => f.cro,
  spn3905_ccs: (f) => f.ccs,
  spn3906_cst: (f) => f.cst,
  spn3907_csd: (f) => f.csd,
  cell_max_voltage_V: (f) => f.maxCellVoltageV,
  manufacturer_hex: (f) => (f.manufacturer === null ? 'ffffffff' : String(f.manufacturer).toLowerCase()),
  manufacturer_ascii: (f) => ascii(f.manufacturer),
  pack_serial_hex: (f) => (f.packSerial === null ? 'ffffffff' : String(f.packSerial).toLowerCase()),
  production_date_raw: (f) => [
    f.productionYear === null ? 255 : Number(f.productionYear) - 1985,
    f.productionMonth ?? 255,
    f.productionDay ?? 255,
  ],
  property_flag: (f) => f.property ?? 255,
  'BRM.reserved': (_, wire) => wire[23],
  vin_hex: (_, wire) => wire.subarray(24, 41).toString('hex'),
  sw_version_hex: (_, wire) => wire.subarray(41).toString('hex'),
  sw_serial: (_, wire) => wire[41],
  sw_day: (_, wire) => wire[42],
  sw_month: (_, wire) => wire[43],
  sw_year_le: (_, wire) => wire.readUInt16LE(44),
};

function compare(message: string, fields: Fields, wire: Buffer, decoded: Fields): void {
  for (const [name, value] of Object.entries(decoded)) {
    const say = SAID[`${message}.${name}`] ?? SAID[name] ?? ((f: Fields) => f[camel(name)] ?? f[camel(name).replace(/KWh$/i, 'KWh')]);
    const said = say(fields, wire);
    expect(typeof value === 'number' && typeof said === 'string' ? Number(said) : said, `${message}.${name}`).to.deep.equal(value);
  }
}

vectors('GB/T 27930 frames of four captures', () => {
  read<{ vectors: Single[] }>('gbt27930-frames.json').vectors.forEach((vector, i) => {
    it(`${vector.message} (frame ${i}) has its values and is written again byte for byte`, () => {
      const printed = decodeHex(vector.id, vector.data_hex);
      expect(printed.message).to.equal(vector.message);
      const { priority, pgn } = splitId(frameFrom(vector.id, '').id);
      expect([priority, pgn]).to.deep.equal([vector.priority, vector.pgn]);
      compare(vector.message, printed.fields, Buffer.from(vector.data_hex, 'hex'), vector.decoded);
      expect(encodeHex(printed)).to.deep.equal({ id: vector.id, data: vector.data_hex.toUpperCase() });
    });
  });
});

interface Transfer {
  readonly capture: string;
  readonly message: string;
  readonly pgn: number;
  readonly outcome: string;
  readonly frames: readonly string[];
  readonly payload_hex?: string;
  readonly decoded?: Fields;
}

vectors('GB/T 27930 transfers of four captures', () => {
  read<{ vectors: Transfer[] }>('gbt27930-transport.json').vectors.forEach((vector, i) => {
    it(`${vector.message} of capture ${vector.capture} (transfer ${i}) is ${vector.outcome}`, () => {
      const monitor = new TransportMonitor();
      const outcomes: Outcome[] = vector.frames.flatMap((frame) => monitor.hear(parseFrame(frame)));
      expect(outcomes).to.have.length(1);
      const [outcome] = outcomes;
      expect(outcome).to.include({ outcome: vector.outcome, pgn: vector.pgn });
      if (outcome?.outcome !== 'complete' || !vector.decoded) return;
      expect(outcome.payload.toString('hex')).to.equal(vector.payload_hex);
      const message = messageOf(MESSAGES, vector.pgn, 'bms')!;
      expect(message.name).to.equal(vector.message);
      const decoded = decodePayload(message, outcome.payload, { exact: true });
      compare(vector.message, message.body.print(decoded.body), outcome.payload, vector.decoded);
      expect(encodePayload(message, decoded.body, { spare: decoded.spare }).toString('hex')).to.equal(vector.payload_hex);
      if (message === BRM) expect(bodyOf(BRM, decoded)?.vin ?? null).to.equal(vector.decoded.vin);
    });
  });
});

vectors('GB/T 27930 sessions of four captures', () => {
  const { sessions } = read<{ sessions: Record<'A' | 'B' | 'C' | 'D', { message: string; first_frame: string }[]> }>(
    'gbt27930-sessions.json',
  );
  const heard = (capture: keyof typeof sessions): SessionTracker => {
    const tracker = new SessionTracker();
    for (const { message, first_frame: text } of sessions[capture]) {
      const told = tracker.hear(parseFrame(text));
      expect(told.error, message).to.equal(undefined);
      if (told.decoded) expect(told.decoded.message.name).to.equal(message);
    }
    return tracker;
  };
  const full = ['handshake', 'identification', 'configuration', 'charging', 'ending'];

  it('A went through all phases and was stopped by hand at the charger, statistics exchanged', () => {
    const { phases, end, edition, protocolVersion, energyKWh, endSocPct } = heard('A').summary();
    expect({ phases, edition, protocolVersion, energyKWh, endSocPct }).to.deep.equal({
      phases: full,
      edition: '2015',
      protocolVersion: '1.1',
      energyKWh: 0.1,
      endSocPct: 77,
    });
    expect(end).to.deep.equal({ by: 'charger', cause: 'stop', reasons: ['manual'], isComplete: true });
  });

  it('B never got past configuration: the vehicle aborted its transfers and timed out', () => {
    const { phases, end, transportFailures } = heard('B').summary();
    expect(phases).to.deep.equal(full.slice(0, 3));
    expect(end).to.deep.equal({ by: 'bms', cause: 'timeout', reasons: ['crmAA'], isComplete: false });
    expect(transportFailures.map(({ outcome }) => outcome)).to.deep.equal(['aborted', 'aborted']);
  });

  it('C was stopped by hand at the charger; the capture ends before the statistics', () => {
    const { phases, end } = heard('C').summary();
    expect(phases).to.deep.equal(full);
    expect(end).to.deep.equal({ by: 'charger', cause: 'stop', reasons: ['manual'], isComplete: false });
  });

  it('D charged until the vehicle missed the charger status', () => {
    const { phases, end } = heard('D').summary();
    expect(phases).to.deep.equal(full.slice(0, 4));
    expect(end).to.deep.equal({ by: 'bms', cause: 'timeout', reasons: ['ccs'], isComplete: false });
    expect(idText(0x1826f456)).to.equal('1826F456');
  });
});
