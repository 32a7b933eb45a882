import type { Branch } from '../command.js';
import { choice, defineCommand, flag, integer, text, textOr } from '../command.js';
import { eachLine, type Verdict } from '../each-line.js';
import { failure } from '../errors.js';
import { EXIT } from '../exit.js';
import type { Io } from '../io.js';
import { readJson } from '../lines.js';
import { isRecord } from '../output/path.js';
import { safe } from '../output/safe.js';
import { formatOf, outputOptions, showList, showRecord } from '../output/show.js';
import { toTable } from '../output/table.js';
import { columns, getOf, listOf } from './admin.js';

const timeZone = text('zone', { en: 'IANA zone of the location, where the input names none', zh: '输入未给出时的站点时区（IANA）' });
const ocpi = choice(['2.2.1', '2.1.1', '2.2', '2.3.0'], { en: 'the OCPI version of the tariff', zh: '资费的 OCPI 版本' });

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
    timeZone,
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
function toBill({ trace, total, currency }: Verdict): string {
  const amounts = (value: Readonly<Record<string, unknown>>) => [value.excl_vat ?? '?', value.incl_vat ?? '?'];
  const lines = Array.isArray(trace) ? trace.filter(isRecord) : [];
  const rows = lines.map((line) => [
    line.dimension,
    line.tariff,
    `${String(line.billed)} ${String(line.unit)}`,
    line.price,
    ...amounts(line),
  ]);
  rows.push(['TOTAL', '', '', currency, ...amounts(isRecord(total) ? total : {})]);
  return toTable(
    ['DIMENSION', 'TARIFF', 'BILLED', 'PRICE', 'EXCL', 'INCL'],
    rows.map((row) => row.map((part) => safe(String(part)))),
  );
}

/** A tariff from a file, in the engine's own units; what keeps it from being read is the user's to mend. */
async function readOne(io: Io, file: string | undefined, version: '2.1.1' | '2.2' | '2.2.1' | '2.3.0') {
  const { PricingError, readTariff } = await import('@evroam/ocpi/pricing');
  const value = await readJson(io, file);
  try {
    return readTariff(version, value);
  } catch (error) {
    if (error instanceof PricingError)
      throw failure('check-failed', { why: error.message }, { cause: error, hint: 'evroam proto lint ocpi --object Tariff' });
    throw error;
  }
}

const lint = defineCommand({
  about: { en: 'find gaps, unreachable prices and other surprises in a tariff', zh: '检查资费中的空档、不可达价格等问题' },
  args: '[file]',
  options: { ocpi, timeZone: textOr('zone', 'UTC', { en: 'IANA zone of the location', zh: '站点时区（IANA）' }), ...outputOptions },
  examples: [
    {
      run: 'evroam tariff lint tariff.json --time-zone Europe/Berlin',
      about: { en: 'exit 8 when something is wrong', zh: '有问题时退出码为 8' },
    },
    { run: 'evroam tariff lint -o json < tariff.json', about: { en: 'for a script', zh: '用于脚本' } },
  ],
  async run({ args, options, io }) {
    const { lintTariff } = await import('@evroam/ocpi/pricing');
    const findings = lintTariff(await readOne(io, args.file, options.ocpi), { timeZone: checkZone(options.timeZone), from: Date.now() });
    await showList(
      io,
      options,
      findings.map((finding) => ({ ...finding })),
      [{ path: 'severity' }, { path: 'code' }, { path: 'pointer' }, { path: 'message' }],
    );
    return findings.some(({ severity }) => severity === 'error') ? EXIT.checkFailed : EXIT.done;
  },
});

const explain = defineCommand({
  about: {
    en: 'say a tariff in plain words; with a session, why it costs what it costs',
    zh: '用通俗语言说明资费；给出会话时说明其价格由来',
  },
  args: '[file]',
  options: {
    ocpi,
    session: text('file', { en: 'a session or CDR to explain the price of', zh: '要说明价格的会话或 CDR' }),
    timeZone,
    language: text('en|zh', { en: 'the language, where it is not that of LANG', zh: '语言（默认随 LANG）' }),
  },
  examples: [
    { run: 'evroam tariff explain tariff.json', about: { en: 'a sentence for each price', zh: '每个价格一句话' } },
    {
      run: 'evroam tariff explain tariff.json --session session.json --language zh',
      about: { en: 'and why a session costs what it costs', zh: '以及会话价格的由来' },
    },
  ],
  async run({ args, options, io }) {
    const { explainPrice, explainTariff, price: priceIt, PricingError, readCdr, readSession } = await import('@evroam/ocpi/pricing');
    const language = options.language === undefined ? io.language : options.language === 'zh' ? 'zh' : 'en';
    const tariff = await readOne(io, args.file, options.ocpi);
    for (const line of explainTariff(tariff, language)) await io.out(`${safe(line)}\n`);
    if (options.session === undefined) return EXIT.done;
    const record = await readJson(io, options.session);
    try {
      const session =
        isRecord(record) && 'total_cost' in record && 'cdr_location' in record
          ? readCdr(options.ocpi, record)
          : readSession(options.ocpi, record);
      const priced = priceIt([tariff], session, { trace: true, ...(options.timeZone === undefined ? {} : { timeZone: options.timeZone }) });
      for (const line of explainPrice(priced, language)) await io.out(`${safe(line)}\n`);
      return EXIT.done;
    } catch (error) {
      if (error instanceof PricingError)
        throw failure('check-failed', { why: error.message }, { cause: error, hint: 'evroam tariff price --help' });
      throw error;
    }
  },
});

const preview = defineCommand({
  about: { en: 'plot what a kWh costs over a week', zh: '绘制一周内每千瓦时的价格' },
  args: '[file]',
  options: {
    ocpi,
    timeZone: textOr('zone', 'UTC', { en: 'IANA zone of the location', zh: '站点时区（IANA）' }),
    from: text('time', { en: 'where the week begins, ISO 8601; today unless given', zh: '起始时间（ISO 8601），默认今天' }),
    days: integer('n', { or: 7, min: 1, max: 31 }, { en: 'how many days', zh: '天数' }),
    ...outputOptions,
  },
  examples: [
    { run: 'evroam tariff preview tariff.json --time-zone Europe/Amsterdam', about: { en: 'a line a day', zh: '每天一行' } },
    { run: 'evroam tariff preview tariff.json -o csv', about: { en: 'the windows as a table', zh: '以表格输出各时段' } },
  ],
  async run({ args, options, io }) {
    const { decimal, previewTariff } = await import('@evroam/ocpi/pricing');
    const zone = checkZone(options.timeZone);
    const from = options.from === undefined ? midnight(zone) : Date.parse(options.from);
    if (Number.isNaN(from)) throw failure('bad-value', { name: '--from', value: options.from ?? '', why: 'ISO 8601' });
    const tariff = await readOne(io, args.file, options.ocpi);
    const windows = previewTariff(tariff, { timeZone: zone, from, days: options.days });
    if (formatOf(io, options) === 'table' && options.query === undefined && options.fields === undefined) {
      const { plot } = await import('../tariff-plot.js');
      await io.out(plot(windows, zone));
      return EXIT.done;
    }
    const money = (n: bigint | undefined) => (n === undefined ? null : decimal(n));
    const rows = windows.map(({ from: start, to, perKwh, perHour, perParkingHour, start: fee }) => ({
      from: new Date(start).toISOString(),
      to: new Date(to).toISOString(),
      currency: tariff.currency,
      per_kwh: money(perKwh),
      per_hour: money(perHour),
      per_parking_hour: money(perParkingHour),
      start: money(fee),
    }));
    return showList(io, options, rows, []);
  },
});

function checkZone(zone: string): string {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return zone;
  } catch (error) {
    if (error instanceof RangeError)
      throw failure('bad-value', { name: '--time-zone', value: zone, why: 'Europe/Amsterdam, Asia/Shanghai' });
    throw error;
  }
}

/** The last midnight at a place. */
function midnight(zone: string): number {
  const now = new Date();
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  })
    .format(now)
    .split(':')
    .map(Number);
  const [hour = 0, minute = 0, second = 0] = parts;
  return now.getTime() - ((hour * 60 + minute) * 60 + second) * 1000 - now.getMilliseconds();
}

export const tariff: Branch = {
  about: { en: 'tariffs: price, check and explain', zh: '资费：计价、检查与说明' },
  commands: {
    list: listOf({
      about: { en: 'list the tariffs of the hub', zh: '列出平台的资费' },
      path: '/admin/v1/tariffs',
      columns: columns('owner', 'id', 'version', 'currency', 'validFrom', 'validUntil~'),
      examples: [
        { run: 'evroam tariff list', about: { en: 'the newest versions', zh: '最新版本' } },
        { run: 'evroam tariff list -o yaml', about: { en: 'with every element', zh: '含全部内容' } },
      ],
    }),
    history: getOf({
      about: { en: 'show all versions of a tariff', zh: '显示资费的全部版本' },
      args: '<owner> <id>',
      path: ({ owner, id }) => `/admin/v1/tariffs/${owner}/${id}`,
      examples: [
        { run: 'evroam tariff history NL-EVR TOU -o yaml', about: { en: 'with every element', zh: '含全部内容' } },
        { run: "evroam tariff history NL-EVR TOU --query 'items[].version'", about: { en: 'only the numbers', zh: '只看版本号' } },
      ],
    }),
    price,
    lint,
    explain,
    preview,
  },
};
