import type { StatementBundle, StatementLine } from '@evroam/ocpi/statement';
import { expect } from 'chai';
import { lineRows, toCsv } from './export.js';
import { cellsOf } from './pdf.js';
import { diffStatements } from './statement-diff.js';
import { statementPdf } from './statement-pdf.js';

const line = (id: string, due: string): StatementLine => ({
  kind: 'cdr',
  cdr: { countryCode: 'DE', partyId: 'ABC', id, version: '2.2.1', digest: 'd'.repeat(64) },
  energyMilliWh: 1_500_000,
  amount: { taxes: [{ name: 'VAT', amount: '1' }], beforeTaxes: '99', afterTaxes: due },
  basis: 'rated',
  account: 'payable:DE-ABC',
  due,
  entries: [],
});

function bundle(lines: readonly StatementLine[]): StatementBundle {
  const party = { countryCode: 'DE', partyId: 'ABC', name: 'A (B) \\ C 中' };
  const nothing = { agreement: '', tariffs: [], lines: [], entries: [], inclusions: [], blocks: [], totals: '' };
  return {
    header: {
      format: 'evroam-statement/1',
      id: 'S',
      version: 1,
      issuer: party,
      counterparty: party,
      period: { from: '2026-11-01', to: '2026-12-01' },
      issuedAt: '2026-12-01',
      currency: 'EUR',
      accounts: [],
      hashes: nothing,
    },
    agreement: { id: 'A', version: 1, rounding: 'perTotal', policies: {} as never, terms: {} },
    tariffs: [],
    lines,
    entries: [],
    inclusions: [],
    blocks: [],
    totals: {
      lines: lines.length,
      energyMilliWh: 0,
      amount: { taxes: [], afterTaxes: '100' },
      due: [{ account: 'payable:DE-ABC', amount: '100' }],
    },
    signature: '',
  };
}

describe('statements beside each other, and for people', () => {
  it('names what came, went and changed, and the difference that it makes', () => {
    const diff = diffStatements(bundle([line('a', '100'), line('b', '200')]), bundle([line('A', '150'), line('c', '300')]));
    expect(diff).to.deep.equal({
      added: ['DE-ABC/C'],
      removed: ['DE-ABC/B'],
      changed: [
        { cdr: 'DE-ABC/A', field: 'amount', before: '100', after: '150' },
        { cdr: 'DE-ABC/A', field: 'due', before: '100', after: '150' },
      ],
      due: '150',
    });
    expect(diffStatements(bundle([line('a', '100')]), bundle([line('a', '100')]))).to.deep.equal({
      added: [],
      removed: [],
      changed: [],
      due: '0',
    });
  });

  it('makes no cell of a table a formula, and keeps negative numbers numbers', () => {
    expect(toCsv([{ a: '=1+1', b: '-5.00', c: '-x', d: 'a,"b"' }])).to.equal('a,b,c,d\r\n\'=1+1,-5.00,\'-x,"a,""b"""\r\n');
    expect(lineRows(JSON.stringify(bundle([line('a', '-100')])))[0]).to.include({
      after_taxes: '-1.00',
      energy_kwh: '1.5',
      cdr: 'DE*ABC*a',
    });
  });

  it('prints Chinese, in columns that stay in line', () => {
    const pdf = statementPdf(JSON.stringify(bundle([line('c1', '100')])), 'f'.repeat(64), 'zh').toString('latin1');
    const texts = [...pdf.matchAll(/<([0-9a-f]+)> Tj/g)].map(([, hex]) => Buffer.from(hex!, 'hex').swap16().toString('utf16le'));
    expect(texts).to.include.members(['对账单', '中', '协议', '不含税', '税额', '含税', '话单']);
    // The heading and the row below it take as many cells, a Chinese character two of them.
    const shown = pdf.split('\n').filter((row) => row.startsWith('T* '));
    const [heading, row] = shown
      .slice(-2)
      .map((operators) =>
        [...operators.matchAll(/<([0-9a-f]+)> Tj|\(([^)]*)\) Tj/g)]
          .map(([, hex = '', plain = '']) => plain + '中'.repeat(hex.length / 4))
          .join(''),
      );
    expect(heading).to.include('kWh');
    expect(cellsOf(heading!)).to.equal(cellsOf(row!));
    expect([cellsOf('税额 1'), cellsOf('a?'), cellsOf('\u{1F50C}')]).to.deep.equal([6, 2, 1]);
  });

  it('prints pages whose table of contents points at its objects', () => {
    const text = JSON.stringify(bundle(Array.from({ length: 120 }, (_, i) => line(`c${i}`, '100'))));
    const pdf = statementPdf(text, 'f'.repeat(64)).toString('latin1');
    expect(pdf)
      .to.match(/^%PDF-1\.4/)
      .and.to.include('/Count 3')
      .and.to.include('(A \\(B\\) \\\\ C ) Tj /F2 9.6 Tf <4e2d> Tj /F1 8 Tf ( \\(DE*ABC\\)');
    const xref = Number(/startxref\n(\d+)/.exec(pdf)?.[1]);
    expect(pdf.slice(xref, xref + 4)).to.equal('xref');
    const offsets = [...pdf.slice(xref).matchAll(/^(\d{10}) 00000 n/gm)].map(([, at]) => Number(at));
    offsets.forEach((at, i) => {
      expect(pdf.slice(at).startsWith(`${i + 1} 0 obj`)).to.equal(true);
    });
    for (const [, size, content] of pdf.matchAll(/\/Length (\d+) >>\nstream\n([\s\S]*?)\nendstream/g))
      expect(content?.length).to.equal(Number(size));
  });
});
