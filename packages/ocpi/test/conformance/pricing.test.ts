import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decimal, type OcpiVersion, price, readSession, readTariff, scaleText } from '@evroam/ocpi/pricing';
import { expect } from 'chai';

interface Case {
  readonly id: string;
  readonly ocpi_version: OcpiVersion;
  readonly tariff: { readonly elements: readonly { readonly price_components: readonly { readonly vat?: number }[] }[] };
  readonly location_time_zone: string;
  readonly session: unknown;
  readonly expected: {
    readonly currency: string;
    readonly total_excl_vat?: string;
    readonly total_incl_vat?: string;
    readonly total_tax_included?: string;
    readonly billed?: Readonly<Record<string, number>>;
    readonly lines?: readonly {
      readonly dimension?: string;
      readonly excl: string;
      readonly incl?: string;
      readonly kWh?: number;
      readonly minutes?: number;
    }[];
  };
}

/** The case file, or undefined where there is none and none was promised. */
function readCases(): readonly Case[] | undefined {
  const given = process.env.EVROAM_CONFORMANCE;
  const beside = fileURLToPath(new URL('../../../../../../shared/conformance', import.meta.url));
  const folder = given ?? (existsSync(beside) ? beside : undefined);
  if (folder === undefined) return undefined;
  return (JSON.parse(readFileSync(join(folder, 'ocpi/tariff-cases.json'), 'utf8')) as { cases: readonly Case[] }).cases;
}

/** An expected amount is printed to some decimals: the exact one, rounded half up to as many, is it. */
function expectAmount(actual: bigint | undefined, expected: string | undefined, what: string): void {
  if (expected === undefined) {
    expect(actual, `${what} cannot be known`).to.equal(undefined);
    return;
  }
  const places = expected.split('.')[1]?.length ?? 0;
  const unit = 10n ** BigInt(9 - places);
  expect(decimal(((actual ?? -unit) + unit / 2n) / unit, places, places), what).to.equal(expected);
}

/** Some sources print no total with tax although each component has its rate: then ours is known and theirs is silent. */
function allTaxed(tariff: Case['tariff']): boolean {
  return tariff.elements.every(({ price_components: components }) => components.every(({ vat }) => vat !== undefined));
}

describe('the priced cases of the OCPI texts (2.2.1 11, 10.2.2; 2.3.0; ocpi#494)', () => {
  const cases = readCases();
  if (!cases) {
    it('every case gives its total', function () {
      this.skip();
    });
    return;
  }
  it('all 37 are there', () => {
    expect(cases).to.have.length(37);
  });
  for (const { id, ocpi_version: version, tariff, location_time_zone: timeZone, session, expected } of cases) {
    it(id, () => {
      const priced = price([readTariff(version, tariff)], readSession(version, session), { timeZone, trace: true });
      expect(priced.currency).to.equal(expected.currency);
      if (expected.total_tax_included !== undefined) {
        expectAmount(priced.total.afterTaxes, expected.total_tax_included, 'after taxes');
        expectAmount(priced.total.beforeTaxes, undefined, 'before taxes');
      } else {
        expectAmount(priced.total.beforeTaxes, expected.total_excl_vat, 'before taxes');
        if (expected.total_incl_vat !== undefined || !allTaxed(tariff))
          expectAmount(priced.total.afterTaxes, expected.total_incl_vat, 'after taxes');
      }
      const billed = (dimension: string) => priced.lines.filter((l) => l.dimension === dimension).reduce((sum, l) => sum + l.billed, 0);
      for (const [what, amount] of Object.entries(expected.billed ?? {})) {
        const at = what.lastIndexOf('_');
        const unit = what.slice(at + 1) === 'kWh' ? 1e6 : 60_000;
        expect(billed(what.slice(0, at)) / unit, what).to.equal(amount);
      }
      for (const line of expected.lines ?? []) {
        if (line.dimension === undefined || line.minutes !== undefined) continue;
        const amount = priced.byDimension[line.dimension as keyof typeof priced.byDimension];
        expect(amount?.beforeTaxes, line.dimension).to.equal(scaleText(line.excl, 9, ''));
        if (line.incl !== undefined) expect(amount?.afterTaxes, line.dimension).to.equal(scaleText(line.incl, 9, ''));
      }
    });
  }
});
