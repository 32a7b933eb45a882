import { randomBytes } from 'node:crypto';
import { describer, toLine } from '../capture/describe.js';
import { framesOf, HEADER, toFrame } from '../capture/file.js';
import { redactor } from '../capture/redact.js';
import type { Branch } from '../command.js';
import { defineCommand, flag, integer, text } from '../command.js';
import { gather } from '../each-line.js';
import { failure } from '../errors.js';
import { EXIT } from '../exit.js';
import { isRecord } from '../output/path.js';
import { safe, safeJson } from '../output/safe.js';
import { outputOptions, showRecord } from '../output/show.js';
import { columns, getOf, hubOptions, listOf, withHub } from './admin.js';
import { secretIn } from './sim/secret.js';

const start = defineCommand({
  about: { en: 'keep the frames of some stations for a while', zh: '记录若干充电站的报文' },
  args: '<stations...>',
  options: {
    minutes: integer('n', { or: 60, min: 1, max: 10_080 }, { en: 'how long', zh: '时长（分钟）' }),
    note: text('text', { en: 'why, for those who find it later', zh: '备注' }),
    ...hubOptions,
    ...outputOptions,
  },
  examples: [
    { run: 'evroam capture start CS-1 CS-2 --minutes 30 --note "ticket 712"', about: { en: 'two stations', zh: '两个充电站' } },
    { run: 'evroam capture start CS-1 --query id', about: { en: 'only the id of the capture', zh: '只输出记录编号' } },
  ],
  run: ({ args, options, io }) =>
    withHub(io, options, async (admin) => {
      const { minutes, note } = options;
      const body = { stations: args.stations, minutes, ...(note === undefined ? {} : { note }) };
      const answer = await admin.ask('POST', '/admin/v1/captures', { body });
      return showRecord(io, options, isRecord(answer) ? answer : { answer });
    }),
});

const stop = defineCommand({
  about: { en: 'end a capture; what it has stays', zh: '停止记录；已有内容保留' },
  args: '<id>',
  options: { ...hubOptions, ...outputOptions },
  examples: [
    { run: 'evroam capture stop 01a20fb8-690b', about: { en: 'before its time', zh: '提前停止' } },
    { run: 'evroam capture stop 01a20fb8-690b --query frames', about: { en: 'how many frames it has', zh: '报文数量' } },
  ],
  run: ({ args, options, io }) =>
    withHub(io, options, async (admin) => {
      const answer = await admin.ask('POST', `/admin/v1/captures/${encodeURIComponent(args.id)}/stop`);
      return showRecord(io, options, isRecord(answer) ? answer : { answer });
    }),
});

const remove = defineCommand({
  about: { en: 'delete a capture', zh: '删除记录' },
  args: '<id>',
  options: { yes: flag({ en: 'do it without being asked', zh: '不再确认' }), ...hubOptions },
  examples: [
    { run: 'evroam capture delete 01a20fb8-690b --yes', about: { en: 'for ever', zh: '永久删除' } },
    { run: 'evroam capture delete 01a20fb8-690b --yes --context staging', about: { en: 'at another hub', zh: '在另一个平台' } },
  ],
  run: ({ args, options, io }) => {
    if (!options.yes) throw failure('missing-option', { name: '--yes' });
    return withHub(io, options, async (admin) => {
      await admin.ask('DELETE', `/admin/v1/captures/${encodeURIComponent(args.id)}`);
      return EXIT.done;
    });
  },
});

const show = defineCommand({
  about: {
    en: 'show the frames of a capture, decoded, or as a file that can be redacted and replayed',
    zh: '显示记录的报文，或输出为文件',
  },
  args: '<id>',
  options: { file: flag({ en: 'as the lines of a capture file', zh: '输出为记录文件' }), ...hubOptions },
  examples: [
    { run: 'evroam capture show 01a20fb8-690b', about: { en: 'a line for each frame', zh: '每帧一行' } },
    { run: 'evroam capture show 01a20fb8-690b --file > cs-1.capture', about: { en: 'into a file', zh: '存为文件' } },
  ],
  run: ({ args, options, io }) =>
    withHub(io, options, async (admin) => {
      const describe = await describing();
      const writer = gather(io);
      if (options.file) await writer.write(`${HEADER}\n`);
      for await (const item of admin.list(`/admin/v1/captures/${encodeURIComponent(args.id)}/frames`, { limit: '500' })) {
        const frame = toFrame(item);
        if (frame) await writer.write(options.file ? `${safeJson(frame)}\n` : `${safe(toLine(describe(frame)))}\n`);
      }
      await writer.end();
      return EXIT.done;
    }),
});

const decode = defineCommand({
  about: { en: 'read a capture file', zh: '解析记录文件' },
  args: '[files...]',
  options: { ndjson: flag({ en: 'a JSON object a line', zh: '每行一个 JSON 对象' }) },
  examples: [
    { run: 'evroam capture decode cs-1.capture', about: { en: 'a line for each frame', zh: '每帧一行' } },
    { run: 'evroam capture decode --ndjson < cs-1.capture', about: { en: 'for a program', zh: '供程序使用' } },
  ],
  async run({ args, options, io }) {
    const describe = await describing();
    const writer = gather(io);
    for await (const frame of framesOf(io, args.files)) {
      const described = describe(frame);
      await writer.write(options.ndjson ? `${safeJson(described)}\n` : `${safe(toLine(described))}\n`);
    }
    await writer.end();
    return EXIT.done;
  },
});

const redact = defineCommand({
  about: { en: 'take drivers, vehicles and SIM cards out of a capture file', zh: '对记录文件脱敏（司机、车辆、SIM 卡）' },
  args: '[files...]',
  options: {
    saltFile: text('file', { en: 'a secret that makes the same pseudonyms next time', zh: '密钥文件：使化名保持一致' }),
  },
  examples: [
    {
      run: 'evroam capture redact cs-1.capture > for-the-vendor.capture',
      about: { en: 'pseudonyms of this time only', zh: '仅本次有效的化名' },
    },
    {
      run: 'evroam capture redact --salt-file salt.key < cs-1.capture',
      about: { en: 'the same as in other captures', zh: '与其他记录使用相同化名' },
    },
  ],
  async run({ args, options, io }) {
    const salt = await secretIn(options.saltFile);
    const { decodeHex, encodeHex } = await import('@evroam/gbt-adapter/ykc');
    const change = redactor(salt === undefined ? randomBytes(32) : Buffer.from(salt), { decode: decodeHex, encode: encodeHex });
    const writer = gather(io);
    await writer.write(`${HEADER}\n`);
    for await (const frame of framesOf(io, args.files)) await writer.write(`${safeJson(change(frame))}\n`);
    await writer.end();
    return EXIT.done;
  },
});

/** A reader of frames, with the codecs that it needs. */
export async function describing(): Promise<ReturnType<typeof describer>> {
  const { decodeHex } = await import('@evroam/gbt-adapter/ykc');
  return describer(decodeHex);
}

export const capture: Branch = {
  about: { en: 'frames of stations: keep, read, redact', zh: '报文记录：采集、查看、脱敏' },
  commands: {
    start,
    stop,
    list: listOf({
      about: { en: 'list captures, the newest first', zh: '列出记录，最新的在前' },
      path: '/admin/v1/captures',
      columns: columns('id', 'stations', 'startedAt', 'until', 'endedAt', 'frames', 'lost', 'note~'),
      examples: [
        { run: 'evroam capture list', about: { en: 'all of them', zh: '全部' } },
        { run: 'evroam capture list -o json --fields id,stations,frames', about: { en: 'for a script', zh: '用于脚本' } },
      ],
    }),
    get: getOf({
      about: { en: 'show what a capture has', zh: '显示记录概况' },
      args: '<id>',
      path: ({ id }) => `/admin/v1/captures/${id}`,
      examples: [
        { run: 'evroam capture get 01a20fb8-690b', about: { en: 'how far it is', zh: '当前进度' } },
        { run: 'evroam capture get 01a20fb8-690b --query lost', about: { en: 'frames that were lost', zh: '丢失的报文数' } },
      ],
    }),
    show,
    decode,
    redact,
    delete: remove,
  },
};
