import type { Admin } from '../admin.js';
import { toLine } from '../capture/describe.js';
import { HEADER, toFrame } from '../capture/file.js';
import { defineCommand, flag, integer, text } from '../command.js';
import { gather } from '../each-line.js';
import { failure } from '../errors.js';
import { EXIT } from '../exit.js';
import { isRecord } from '../output/path.js';
import { safe, safeJson } from '../output/safe.js';
import { formatOf, outputOptions, type Row, showList } from '../output/show.js';
import { columns, hubOptions, itemsOf, withHub } from './admin.js';
import { describing } from './capture.js';

const COLUMNS = columns(
  ...['at', 'way', 'partnerName', 'method', 'path', 'status', 'statusCode', 'error', 'ms', 'object', 'correlation', 'id~', 'protocol~'],
  ...['module~', 'from~', 'to~', 'requestBytes~', 'answerBytes~', 'bodies~'],
);

/** Lines of one correlation id that are shown: a message takes a few steps, and a partner may give one id to everything. */
const MOST_OF_ONE = 500;

export const trace = defineCommand({
  about: { en: 'follow a message between partners and hub, or look for messages', zh: '追踪伙伴与平台之间的消息，或查找消息' },
  args: '[correlation]',
  options: {
    partner: text('id', { en: 'only what this partner said or heard', zh: '只看该伙伴收发的消息' }),
    module: text('name', { en: 'only a module of OCPI, such as cdrs', zh: '只看某个 OCPI 模块，例如 cdrs' }),
    failed: flag({ en: 'only what was refused or got no answer', zh: '只看被拒绝或无应答的' }),
    losses: flag({ en: 'only what objects lost between versions', zh: '只看对象在版本转换中的损失' }),
    object: text('id', { en: 'only losses of the object with this id', zh: '只看该编号对象的损失' }),
    since: text('time', { en: 'not before this time, ISO 8601', zh: '起始时间（ISO 8601）' }),
    until: text('time', { en: 'before this time, ISO 8601', zh: '截止时间（ISO 8601）' }),
    limit: integer('n', { or: 50, min: 1, max: 100_000 }, { en: 'so many of the newest', zh: '最新的若干条' }),
    bodies: flag({ en: 'with what was said, where it was kept', zh: '显示已保存的报文内容' }),
    file: flag({ en: 'as the lines of a capture file', zh: '输出为记录文件' }),
    json: flag({ en: 'the same as -o json', zh: '同 -o json' }),
    ndjson: flag({ en: 'the same as -o ndjson', zh: '同 -o ndjson' }),
    ...hubOptions,
    ...outputOptions,
  },
  examples: [
    {
      run: 'evroam trace 8f14e45f-ceea-467f-a0e6-3d2b0c1a9b11',
      about: { en: 'each step of one message, with status and time', zh: '一条消息的每一步、状态与耗时' },
    },
    {
      run: 'evroam trace --failed --module cdrs --since 2026-11-25T00:00:00Z -o ndjson',
      about: { en: 'CDRs that were refused since midnight, for a script', zh: '零点以来被拒绝的 CDR，供脚本使用' },
    },
    {
      run: 'evroam trace 8f14e45f-ceea-467f-a0e6-3d2b0c1a9b11 --file > case.capture',
      about: { en: 'with bodies, to be redacted and attached to a ticket', zh: '含报文内容，脱敏后可附于工单' },
    },
  ],
  run: ({ args, options, io }) =>
    withHub(io, options, async (admin) => {
      const { correlation } = args;
      const { partner, module, object, since, until } = options;
      const query = {
        ...{ correlation, partner, module, object, since, until },
        failed: options.failed ? 'true' : undefined,
        kind: options.losses ? 'loss' : undefined,
      };
      const chosen = { ...options, output: options.json ? 'json' : options.ndjson ? 'ndjson' : options.output } as const;
      const isForPeople = formatOf(io, chosen) === 'table' && options.fields === undefined && options.query === undefined;
      const { rows, dropped } = await found(admin, query, correlation === undefined ? options.limit : MOST_OF_ONE);
      if (dropped > 0 && !options.quiet) io.talk(io.say('traceDropped', { count: dropped }));
      if (correlation !== undefined && rows.length === 0)
        throw failure('not-found', { what: `trace of ${correlation}`, list: 'evroam trace' });
      if (options.bodies || options.file) {
        const describe = await describing();
        const writer = gather(io);
        if (options.file) await writer.write(`${HEADER}\n`);
        for (const frame of (await framesOf(admin, rows)).toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at)))
          await writer.write(options.file ? `${safeJson(frame)}\n` : `${safe(toLine(describe(frame)))}\n`);
        await writer.end();
        return EXIT.done;
      }
      if (correlation === undefined || !isForPeople) return showList(io, chosen, rows, COLUMNS);
      const { toSequence } = await import('../trace-view.js');
      await io.out(toSequence(rows));
      return EXIT.done;
    }),
});

/** The newest, and how many more there were that the hub did not keep. */
async function found(admin: Admin, query: Readonly<Record<string, string | undefined>>, limit: number) {
  const rows: Row[] = [];
  let dropped = 0;
  let after: string | undefined;
  do {
    const page = await admin.ask('GET', '/admin/v1/trace', {
      query: { ...query, limit: String(Math.min(limit - rows.length, 500)), after },
    });
    rows.push(...itemsOf(page));
    const { next, dropped: count } = isRecord(page) ? page : {};
    if (typeof count === 'number') dropped = count;
    after = typeof next === 'string' ? next : undefined;
  } while (after !== undefined && rows.length < limit);
  return { rows, dropped };
}

async function framesOf(admin: Admin, rows: readonly Row[]) {
  const frames = [];
  for (const { id, kind } of rows) {
    if (kind !== 'exchange') continue;
    const whole = await admin.ask('GET', `/admin/v1/trace/${encodeURIComponent(String(id))}`);
    const given = itemsOf(isRecord(whole) ? whole.frames : []);
    frames.push(...given.flatMap((frame) => toFrame(frame) ?? []));
  }
  return frames;
}
