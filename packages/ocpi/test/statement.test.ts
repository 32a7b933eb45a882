import {
  buildStatement,
  canonical,
  digest,
  recompute,
  type StatementBundle,
  type StatementInput,
  sealBlock,
  verify,
} from '@evroam/ocpi/statement';
import { expect } from 'chai';
import fc from 'fast-check';
import { hub, keyPair, rawCdr, statementInput, statementWorld } from './statement-world.js';

const pinned = { publicKey: hub.publicKey };

/** The faults of a check; a check that passes has none. */
function faultsOf(source: string | Uint8Array | StatementBundle, key = pinned) {
  const checked = verify(source, key);
  return checked.ok ? [] : checked.faults;
}

/** A deep copy of the bundle in which one place is changed. */
function changed(
  bundle: StatementBundle,
  change: (copy: { -readonly [K in keyof StatementBundle]: StatementBundle[K] }) => void,
): StatementBundle {
  const copy = structuredClone(bundle);
  change(copy);
  return copy;
}

describe('statement', () => {
  const { bundle, text, raws } = statementWorld();

  it('verifies as text, as bytes and as a value, with the pinned key', () => {
    expect(verify(text, pinned)).to.deep.equal({ ok: true });
    expect(verify(Buffer.from(text), pinned)).to.deep.equal({ ok: true });
    expect(verify(bundle, pinned)).to.deep.equal({ ok: true });
    const pem = hub.publicKey.export({ type: 'spki', format: 'pem' });
    expect(verify(text, { publicKey: pem })).to.deep.equal({ ok: true });
  });

  it('prices each line again and finds the own CDRs equal', () => {
    const result = recompute(text, { cdrs: raws });
    expect(result.ok).to.equal(true);
    expect(result.lines.map(({ ownCdr, difference }) => `${ownCdr} ${difference}`)).to.deep.equal(['equal 0', 'equal 0', 'equal 0']);
    // 11.25 kWh from 07:00 local at 0.30 and a start fee of 0.50, with 21 % VAT
    expect(result.lines[1]?.rounded?.afterTaxes).to.equal('469');
  });

  it('names the line whose amount was changed', () => {
    const faults = faultsOf(changed(bundle, (copy) => Object.assign(copy.lines[1]!.amount, { afterTaxes: '1' })));
    expect(faults.map(({ line, pointer }) => [line, pointer])).to.deep.equal([[1, '/lines/1']]);
  });

  it('tells a changed hash from a changed part', () => {
    const faults = faultsOf(changed(bundle, (copy) => Object.assign(copy.header.hashes.lines, { 2: 'ab'.repeat(32) })));
    expect(faults.map(({ line, pointer }) => [line, pointer])).to.deep.equal([[2, '/header/hashes/lines/2']]);
  });

  it('does not believe another key, nor a header that was changed', () => {
    expect(faultsOf(text, { publicKey: keyPair(8).publicKey }).map(({ pointer }) => pointer)).to.deep.equal(['/header']);
    expect(
      faultsOf(changed(bundle, (copy) => Object.assign(copy.header, { currency: 'USD' }))).map(({ pointer }) => pointer),
    ).to.deep.equal(['/header']);
  });

  it('finds a line that was taken out, and one that was put in', () => {
    expect(faultsOf(changed(bundle, (copy) => void (copy.lines as unknown[]).pop())).map(({ pointer }) => pointer)).to.deep.equal([
      '/lines/2',
    ]);
    expect(
      faultsOf(changed(bundle, (copy) => void (copy.lines as unknown[]).push(copy.lines[0]))).map(({ pointer }) => pointer),
    ).to.deep.equal(['/lines/3']);
  });

  it('shows of an entry only the own leg', () => {
    expect(text).to.include('Receivable(NL*MSP)');
    expect(text).not.to.include('Payable');
    expect(text).not.to.include('BE*OTH');
  });

  it('compares the own CDR, and says which field was priced otherwise', () => {
    const result = recompute(text, { cdrs: { 'CDR-0': rawCdr('CDR-0', 10, '00'), 'NL*CPO*CDR-1': rawCdr('CDR-1', 11.26, '05') } });
    expect(result.lines.map(({ ownCdr }) => ownCdr)).to.deep.equal(['equal', 'differs', 'missing']);
    expect(result.lines[1]?.faults.map(({ pointer }) => pointer)).to.deep.equal([
      '/lines/1/cdr/digest',
      '/lines/1/energyMilliWh',
      '/lines/1/priced/session/periods/0/energyMilliWh',
    ]);
  });

  it('finds a price that does not follow from tariff and session, though it was signed', () => {
    const lied = changed(bundle, (copy) => Object.assign(copy.lines[0]!.priced!.exact, { afterTaxes: '3025000001' }));
    expect(recompute(lied).lines[0]?.faults.map(({ pointer }) => pointer)).to.deep.equal(['/lines/0/priced/exact']);
  });

  it('detects and places a flipped bit in any byte', () => {
    const bytes = Buffer.from(text);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(7), (at, bit) => {
        const flipped = Buffer.from(bytes);
        flipped[at] = flipped[at]! ^ (1 << bit);
        const faults = faultsOf(flipped);
        expect(faults.length).to.be.greaterThan(0);
        const inLine = bundle.lines.findIndex((line) => {
          const from = bytes.indexOf(canonical(line));
          return at >= from && at < from + Buffer.byteLength(canonical(line));
        });
        const placed = faults.some(({ line, byte, pointer }) =>
          inLine >= 0 ? line === inLine || byte !== undefined : byte !== undefined || pointer !== '',
        );
        expect(placed, JSON.stringify(faults)).to.equal(true);
      }),
      { numRuns: 400, seed: 4 },
    );
  });

  it('gives an answer to any JSON and any bytes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.uint8Array({ maxLength: 200 })), (source) => {
        expect(verify(source, pinned).ok).to.equal(false);
        expect(recompute(source).ok).to.equal(false);
      }),
      { numRuns: 300, seed: 5 },
    );
  });
});

describe('a statement that was signed though it does not hold', () => {
  const { input } = statementInput();
  /** The faults of a statement that the issuer signed as given. */
  const signed = (given: StatementInput) => faultsOf(buildStatement(given, hub.privateKey).text).map(({ pointer }) => pointer);
  const [first, ...rest] = input.lines;

  it('is none as the world makes it', () => {
    expect(signed(input)).to.deep.equal([]);
  });

  it('owes what its entries do not move', () => {
    expect(signed({ ...input, lines: [{ ...first!, due: first!.due + 1n }, ...rest] })).to.deep.equal(['/lines/0/due']);
    expect(signed({ ...input, lines: [{ ...first!, account: 'Receivable(XX*XXX)' }, ...rest] })).to.include('/lines/0/account');
  });

  it('counts an entry twice, names one that is not there, or leaves one without a line', () => {
    expect(signed({ ...input, lines: [...input.lines, first!] })).to.include('/lines/3/entries/0');
    expect(signed({ ...input, lines: [{ ...first!, entries: ['E-9'] }, ...rest] })).to.include.members([
      '/lines/0/entries/0',
      '/entries/0',
    ]);
    expect(signed({ ...input, lines: rest })).to.deep.equal(['/entries/0']);
  });

  it('shows an entry that no block holds, or that its path does not lead from', () => {
    expect(signed({ ...input, inclusions: input.inclusions.slice(1) })).to.deep.equal(['/entries/0']);
    const [one, ...others] = input.inclusions;
    expect(signed({ ...input, inclusions: [{ ...one!, index: one!.index + 1 }, ...others] })).to.deep.equal(['/inclusions/0']);
    const forged = { ...input.entries[0]!, kind: 'other' };
    expect(signed({ ...input, entries: [forged, ...input.entries.slice(1)] })).to.deep.equal(['/inclusions/0']);
  });

  it('rests on blocks of another key, or on blocks that do not follow each other', () => {
    const [block41, block42] = input.blocks;
    const other = sealBlock([], block41!, keyPair(9).privateKey);
    expect(signed({ ...input, blocks: [{ ...block41!, signature: other.signature }, block42!] })).to.deep.equal(['/blocks/0']);
    const loose = {
      ...sealBlock([], { ...block42!, previous: 'ab'.repeat(32) }, hub.privateKey),
      root: block42!.root,
      count: block42!.count,
    };
    expect(signed({ ...input, blocks: [block41!, loose] })).to.include('/blocks/1/previous');
    expect(verify(buildStatement(input, hub.privateKey).text, { ...pinned, blockKeys: [keyPair(9).publicKey] }).ok).to.equal(false);
  });
});

describe('canonical JSON (RFC 8785)', () => {
  it('sorts by UTF-16 units and prints numbers as ECMAScript does', () => {
    // The names of RFC 8785, 3.2.3: a surrogate pair sorts before U+FB33, by units and not by code points.
    const members = { '\u20ac': 1e21, '\r': 0.000001, '\ufb33': -0, '1': 1e-7, '\ud83d\ude00': 1 / 3, '\u0080': true, '\u00f6': null };
    expect(canonical(members)).to.equal(
      '{"\\r":0.000001,"1":1e-7,"\u0080":true,"\u00f6":null,"\u20ac":1e+21,"\ud83d\ude00":0.3333333333333333,"\ufb33":0}',
    );
  });

  it('is a fixed point, and refuses what JSON cannot say', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => canonical(JSON.parse(canonical(value))) === canonical(value)),
      { seed: 6 },
    );
    expect(() => canonical(Number.NaN)).to.throw(TypeError);
    expect(() => canonical('\ud800')).to.throw(TypeError);
    expect(() => canonical({ a: undefined })).to.throw(TypeError);
    expect(digest('')).to.equal('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });
});
