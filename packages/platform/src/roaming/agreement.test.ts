import { expect } from 'chai';
import { type Agreement, DEFAULT_TOLERANCE } from '../model/agreement.js';
import { partyId } from '../model/party.js';
import { difference, lint } from './agreement.js';

const ABC = partyId('DE', 'ABC');
const EVM = partyId('NL', 'EVM');
const day = (text: string) => new Date(`${text}T00:00:00Z`);
const version = (change: Partial<Agreement> = {}): Agreement => ({
  ...{ id: 'A', version: 1, seller: ABC, buyer: EVM, sellerModel: 'agent', taxTreatment: 'domestic', tax: { name: 'VAT', rate: 190_000 } },
  ...{ currency: 'EUR', rounding: 'perTotal', tolerance: DEFAULT_TOLERANCE, cycle: 'monthly', lateWindowDays: 14 },
  signingKeys: { [ABC]: 'k', [EVM]: 'k' },
  effectiveFrom: day('2026-04-01'),
  ...change,
});
const parties = [
  { party: ABC, role: 'cpo' as const },
  { party: EVM, role: 'emsp' as const },
];
const codes = (draft: Agreement, versions: Agreement[] = [], now = day('2026-03-01')) =>
  lint(draft, { versions, parties, now }).map(({ level, code }) => `${level} ${code}`);

describe('what is said of an agreement before it is in force', () => {
  it('is nothing where all is well, also of the next version of it', () => {
    expect(codes(version())).to.deep.equal([]);
    expect(codes(version({ version: 2, effectiveFrom: day('2026-05-01') }), [version()])).to.deep.equal([]);
  });
  it('names what stops it', () => {
    expect(codes(version({ currency: 'XYZ' }))).to.deep.equal(['error currency']);
    expect(codes(version({ tolerance: { ...DEFAULT_TOLERANCE, seconds: -1 } }))).to.deep.equal(['error fault']);
    expect(codes(version({ tax: { name: 'VAT', rate: 1_000_001 } }))).to.deep.equal(['error tax']);
    expect(codes(version({ buyer: partyId('NL', 'XXX') }))).to.deep.equal(['error unknownParty', 'warning missingKey']);
  });
  it('finds another agreement at the same time, and none where the other ends first', () => {
    const other = version({ id: 'B', effectiveFrom: day('2026-01-01') });
    expect(codes(version(), [other])).to.deep.equal(['error overlap']);
    expect(codes(version(), [{ ...other, effectiveUntil: day('2026-04-01') }])).to.deep.equal([]);
  });
  it('finds a time without terms, and terms that come back', () => {
    const ended = version({ effectiveFrom: day('2026-01-01'), effectiveUntil: day('2026-03-31') });
    expect(codes(version({ version: 2 }), [ended])).to.deep.equal(['warning gap']);
    const open = version({ effectiveFrom: day('2026-01-01') });
    expect(codes(version({ version: 2, effectiveUntil: day('2026-06-01') }), [open])).to.deep.equal(['warning fallsBack']);
  });
  it('warns of a beginning in the past, wide tolerances and another currency', () => {
    expect(codes(version(), [], day('2026-04-02'))).to.deep.equal(['warning retroactive']);
    expect(codes(version({ tolerance: { ...DEFAULT_TOLERANCE, costRate: 60_000 } }))).to.deep.equal(['warning tolerance']);
    expect(codes(version({ version: 2, currency: 'CHF', effectiveFrom: day('2026-05-01') }), [version()])).to.deep.equal([
      'warning currencyChanged',
    ]);
  });
});

describe('the difference between two versions', () => {
  it('is each term that differs, and not the number', () => {
    const after = version({ version: 2, tax: { name: 'VAT', rate: 210_000 }, retail: { markUpRate: 1, startFee: 5n } });
    expect(difference(version(), after)).to.deep.equal([
      { at: '/retail/markUpRate', after: 1 },
      { at: '/retail/startFee', after: '5' },
      { at: '/tax/rate', before: 190_000, after: 210_000 },
    ]);
    expect(difference(after, after)).to.deep.equal([]);
  });
});
