import {
  cp56,
  crc16,
  decodeFrame,
  decodeHex,
  encodeFrame,
  encodeHex,
  FrameReader,
  type PrintedFrame,
  V1,
  YkcError,
} from '@evroam/gbt-adapter/ykc';
import { expect } from 'chai';
import { read, vectors } from './data.js';

interface Vector {
  readonly frameType: string;
  readonly direction: string;
  readonly hex: string;
  readonly sequenceBytes: string;
  readonly encrypt: number;
  readonly crcOrder: 'LE' | 'BE' | 'INVALID';
  readonly crcComputedLE: string;
  readonly decoded: Readonly<Record<string, unknown>>;
}
type Fields = PrintedFrame['fields'];

const STATE = { LE: 'ok', BE: 'swapped', INVALID: 'bad' } as const;

/** Where the vectors name a value otherwise or leave it raw: how our value is said their way. */
const raw = (value: unknown): number => Math.round(Number(value) * 10) + 4000;
const same = (name: string) => (fields: Fields) => fields[name];
const allZero = (fields: Fields, match: RegExp): number | string =>
  Object.entries(fields).every(([name, value]) => !match.test(name) || value === 0) ? 0 : 'not zero';
const SAID: Readonly<Record<string, Readonly<Record<string, (fields: Fields, printed: PrintedFrame) => unknown>>>> = {
  '0x15': {
    bmsVersion: (f) => (f.version === '0.0' ? '000000' : f.version),
    ratedVoltageV: same('ratedTotalVoltageV'),
    prodYearRaw: (f) => Number(f.productionYear) - 1985,
    prodMonth: same('productionMonth'),
    prodDay: same('productionDay'),
    // Reserved: whatever differs from the filler is kept in `spare`.
    reserved: (_, { spare }) => 0xff ^ Number.parseInt((spare ?? '').slice((24 + 23) * 2, (24 + 24) * 2), 16),
    vin: (f) => f.vin ?? '',
    swVersion: same('softwareVersion'),
  },
  '0x17': {
    cellMaxV: same('maxCellVoltageV'),
    maxCurrentRaw: (f) => raw(f.maxCurrentA),
    energyKWh: same('nominalEnergyKWh'),
    maxTotalV: same('maxTotalVoltageV'),
    presentV: same('presentVoltageV'),
    pileMaxV: same('pileMaxVoltageV'),
    pileMinV: same('pileMinVoltageV'),
    pileMaxCurrentRaw: (f) => raw(f.pileMaxCurrentA),
    pileMinCurrentRaw: (f) => raw(f.pileMinCurrentA),
  },
  '0x1B': { errorBits: (f) => (allZero(f, /^(bem|cem)/) === 0 ? '0000000000000000' : 'set') },
  '0x1D': {
    reason: (f) => allZero(f, /Reached|chargerStopped/),
    fault: (f) => allZero(f, /Fault|OverTemp/),
    error: (f) => allZero(f, /overCurrent|voltageAbnormal/),
  },
  '0x23': {
    demandV: same('voltageDemandV'),
    demandCurrentRaw: (f) => raw(f.currentDemandA),
    measuredV: same('measuredVoltageV'),
    measuredCurrentRaw: (f) => raw(f.measuredCurrentA),
    maxCellVAndGroup: (f) => Math.round(Number(f.maxCellVoltageV) * 100) + Number(f.maxCellGroup) * 4096,
    soc: same('socPct'),
    pileV: same('outputVoltageV'),
    pileCurrentRaw: (f) => raw(f.outputCurrentA),
  },
  '0x31': { vinReversed: (f) => [...String(f.vin)].reverse().join('') },
};

vectors('云快充 frames', () => {
  const { vectors: frames, nonconforming } = read<{ vectors: Vector[]; nonconforming: Vector[] }>('ykc-frames.json');

  frames.forEach((vector, i) => {
    const { frameType, hex, crcOrder, decoded, crcComputedLE } = vector;
    it(`${frameType} (vector ${i}) has its values and a checksum that is ${STATE[crcOrder]}`, () => {
      const printed = decodeHex(hex);
      expect(printed.type).to.equal(frameType);
      expect(printed.crc).to.equal(STATE[crcOrder]);
      expect(`${printed.from}->${printed.from === 'pile' ? 'platform' : 'pile'}`).to.equal(vector.direction);
      expect(
        Buffer.from([printed.sequence & 255, printed.sequence >> 8])
          .toString('hex')
          .toUpperCase(),
      ).to.equal(vector.sequenceBytes);
      for (const [name, value] of Object.entries(decoded)) {
        const say = SAID[frameType]?.[name] ?? same(name);
        expect(say(printed.fields, printed), name).to.deep.equal(value);
      }
    });

    it(`${frameType} (vector ${i}) is written again byte for byte, with the right checksum`, () => {
      const expected = hex.slice(0, -4) + crcComputedLE;
      expect(encodeHex(decodeHex(hex))).to.equal(expected);
      const { frame, body, sequence, spare } = decodeFrame(Buffer.from(hex, 'hex'), { badCrc: 'tell', exact: true });
      expect(encodeFrame(frame, body, { sequence, spare }).toString('hex').toUpperCase()).to.equal(expected);
    });

    it(`${frameType} (vector ${i}) is ${crcOrder === 'INVALID' ? 'no frame' : 'a frame'} in a stream, between noise`, () => {
      const kinds = new FrameReader(V1).push(Buffer.concat([Buffer.from('00FF', 'hex'), Buffer.from(hex, 'hex')])).map(({ kind }) => kind);
      if (crcOrder === 'INVALID') expect(kinds).to.not.include('frame');
      else expect(kinds).to.deep.equal(['garbage', 'frame']);
    });
  });

  nonconforming.forEach(({ frameType, hex }, i) => {
    it(`${frameType} (nonconforming ${i}) is refused for its length`, () => {
      expect(() => decodeHex(hex))
        .to.throw(YkcError)
        .that.satisfies(({ code, field }: YkcError) => code === 'Length' || (code === 'Field' && field === 'cards'));
    });
  });
});

vectors('云快充 checksum and time', () => {
  interface Sum {
    readonly input_hex?: string;
    readonly input_ascii?: string;
    readonly crc_uint16: string;
    readonly wire_LE?: string;
  }
  read<{ vectors: Sum[] }>('ykc-crc.json').vectors.forEach(({ input_hex: hex, input_ascii: text, crc_uint16: crc, wire_LE: wire }, i) => {
    it(`the checksum of vector ${i} is ${crc}`, () => {
      const bytes = hex === undefined ? Buffer.from(text ?? '', 'latin1') : Buffer.from(hex, 'hex');
      const sum = crc16(bytes, 0, bytes.length);
      expect(sum).to.equal(Number(crc));
      if (wire !== undefined)
        expect(
          Buffer.from([sum & 255, sum >> 8])
            .toString('hex')
            .toUpperCase(),
        ).to.equal(wire);
    });
  });

  for (const { hex, value } of read<{ vectors: { hex: string; value: string }[] }>('cp56time2a.json').vectors) {
    it(`${hex} is ${value}`, () => {
      const bytes = Buffer.from(hex, 'hex');
      expect(cp56.read(bytes, 0, 7)).to.equal(value);
      const again = Buffer.alloc(7);
      cp56.write(again, 0, value);
      // The weekday bits are no part of the time.
      bytes[4] = bytes[4]! & 0x1f;
      expect(again.toString('hex')).to.equal(bytes.toString('hex'));
    });
  }
});
