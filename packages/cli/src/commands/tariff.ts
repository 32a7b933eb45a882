import type { Branch } from '../command.js';
import { choice, defineCommand, flag, text } from '../command.js';
import { eachLine, type Verdict } from '../each-line.js';
import { EXIT } from '../exit.js';
import { readJson } from '../lines.js';
import { safe } from '../output/safe.js';
import { formatOf, outputOptions, showRecord } from '../output/show.js';
import { toTable } from '../output/table.js';

const price = defineCommand({
  about: { en: 'price a CDR or session under a tariff, with a reason for every cent', zh: '按资费计算 CDR 或会话的价格，每一分都有依据' },
  args: '[files...]',
  options: {
    ndjson: flag({
      en: 'one {"version","tariff","cdr" or "session","time_zone"} a line',
      zh: '每行一个 {"version","tariff","cdr" 或 "session","time_zone"}',
    }),
    rounding: choice(['none', 'perTotal', 'perLine'], {
      en: 'round to minor units: once, or each line',
      zh: '舍入到最小货币单位：总额一次或逐行',
    }),
    timeZone: text('zone', { en: 'IANA zone of the location, where the input names none', zh: '输入未给出时的站点时区（IANA）' }),
    ...outputOptions,
  },
  examples: [
    {
      run: 'evroam tariff price session.json --rounding perTotal',
      about: { en: 'one session, rounded once', zh: '一次会话，总额舍入一次' },
    },
    { run: 'evroam tariff price --ndjson < sessions.ndjson', about: { en: 'a million of them', zh: '批量计算' } },
  ],
  async run({ args, options, io }) {
    const { priceOne } = await import('../pricing.js');
    const judge = (value: unknown): Verdict => priceOne(value, options.rounding, options.timeZone);
    if (options.ndjson) return eachLine(io, args.files, judge, (message) => ({ ok: false, code: 'type', pointer: '', message }));
    const verdict = judge(await readJson(io, args.files[0]));
    if (formatOf(io, options) !== 'table' || options.query !== undefined) await showRecord(io, options, verdict);
    else await io.out(verdict.ok ? toBill(verdict) : `✗ ${safe(String(verdict.message))}\n`);
    return verdict.ok ? EXIT.done : EXIT.checkFailed;
  },
});

/** A bill: a row a line, the total last. */
function toBill(verdict: Verdict): string {
  const { trace, total, currency } = verdict as unknown as {
    trace: readonly Record<string, string | null>[];
    total: Record<string, string | null>;
    currency: string;
  };
  const rows = trace.map((line) =>
    [line.dimension, line.tariff, `${line.billed} ${line.unit}`, line.price, line.excl_vat ?? '?', line.incl_vat ?? '?'].map((part) =>
      safe(String(part)),
    ),
  );
  rows.push(['TOTAL', '', '', currency, total.excl_vat ?? '?', total.incl_vat ?? '?']);
  return toTable(['DIMENSION', 'TARIFF', 'BILLED', 'PRICE', 'EXCL', 'INCL'], rows);
}

export const tariff: Branch = {
  about: { en: 'tariffs: price, check and explain', zh: '资费：计价、检查与说明' },
  commands: { price },
};
