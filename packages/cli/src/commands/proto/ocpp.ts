import type { Frame, Kind, Version } from '@evroam/ocpp-core';
import { choice, defineCommand, flag, text } from '../../command.js';
import { eachLine, gather, type Verdict } from '../../each-line.js';
import { failure } from '../../errors.js';
import { EXIT } from '../../exit.js';
import { inputs, linesOf, readJson } from '../../lines.js';
import { OCPP_VERSIONS, registryOf, toOcppVersion } from '../../ocpp-versions.js';
import { isRecord } from '../../output/path.js';
import { safeJson } from '../../output/safe.js';
import { formatOf, outputOptions, showList, showRecord } from '../../output/show.js';
import { showVerdict } from './verdict.js';

const KINDS = ['request', 'response', 'send'] as const;
const isKind = (value: unknown): value is Kind => KINDS.some((kind) => kind === value);
const wrong = (path: string, message: string, code = 'RpcFrameworkError'): Verdict => ({
  ok: false,
  code,
  violations: [{ path, keyword: 'line', message }],
});

async function judge(value: unknown): Promise<Verdict> {
  if (!isRecord(value)) return wrong('', 'an object with version, action, kind and payload is expected');
  const version = toOcppVersion(value.version);
  if (!version) return wrong('/version', `must be one of ${OCPP_VERSIONS.join(' ')}`, 'NotSupported');
  if (typeof value.action !== 'string') return wrong('/action', 'the name of a message is expected');
  if (!isKind(value.kind)) return wrong('/kind', `must be one of ${KINDS.join(' ')}`);
  const { validate } = await import('@evroam/ocpp-core');
  const verdict = validate(await registryOf(version), value.action, value.kind, value.payload);
  return verdict.ok ? { ok: true } : { ok: false, code: verdict.code, violations: verdict.violations };
}

export const lintOcpp = defineCommand({
  about: { en: 'check OCPP messages against their definitions', zh: '检查 OCPP 报文' },
  args: '[files...]',
  options: {
    ndjson: flag({ en: 'one {"version","action","kind","payload"} a line', zh: '每行一个 {"version","action","kind","payload"}' }),
    ocpp: text('version', { en: 'the version, when the input is a payload only', zh: '版本（输入仅为负载时）' }),
    action: text('name', { en: 'the message, when the input is a payload only', zh: '报文名（输入仅为负载时）' }),
    kind: choice(['request', 'response', 'send'], { en: 'what the payload is', zh: '负载类型' }),
    ...outputOptions,
  },
  examples: [
    { run: 'evroam proto lint ocpp boot.json --ocpp 1.6 --action BootNotification', about: { en: 'one payload', zh: '单个负载' } },
    { run: 'evroam proto lint ocpp --ndjson < messages.ndjson', about: { en: 'many, one verdict a line', zh: '批量，逐行给出结论' } },
  ],
  async run({ args, options, io }) {
    if (options.ndjson) return eachLine(io, args.files, judge, (message) => wrong('', message));
    const input = await readJson(io, args.files[0]);
    const verdict = await judge(
      options.action === undefined ? input : { version: options.ocpp ?? '1.6', action: options.action, kind: options.kind, payload: input },
    );
    return showVerdict(io, options, verdict);
  },
});

export const listOcpp = defineCommand({
  about: { en: 'list the messages of OCPP', zh: '列出 OCPP 报文' },
  args: '[version]',
  options: outputOptions,
  examples: [
    { run: 'evroam proto list ocpp 1.6', about: { en: 'one version', zh: '一个版本' } },
    { run: "evroam proto list ocpp -o json --query '[].action'", about: { en: 'only the names', zh: '只要名称' } },
  ],
  async run({ args, options, io }) {
    const { tableOf } = await import('@evroam/ocpp-core');
    const versions = args.version === undefined ? OCPP_VERSIONS : [needVersion(args.version)];
    const rows = [];
    for (const version of versions) {
      for (const action of tableOf(await registryOf(version)).values()) {
        rows.push({ version, action: action.name, from: action.from, answered: action.response !== undefined });
      }
    }
    return showList(io, options, rows, [{ path: 'version' }, { path: 'action' }, { path: 'from' }, { path: 'answered', wide: true }]);
  },
});

export const schemaOcpp = defineCommand({
  about: { en: 'the JSON Schema of a message', zh: '报文的 JSON Schema' },
  args: '<version> <action>',
  options: { kind: choice(['request', 'response'], { en: 'which payload', zh: '哪个负载' }) },
  examples: [
    { run: 'evroam proto schema ocpp 1.6 BootNotification', about: { en: 'of the request', zh: '请求' } },
    { run: 'evroam proto schema ocpp 1.6 StopTransaction --kind response', about: { en: 'of the answer', zh: '应答' } },
  ],
  async run({ args, options, io }) {
    const { tableOf } = await import('@evroam/ocpp-core');
    const version = needVersion(args.version);
    const table = tableOf(await registryOf(version));
    const action = table.get(args.action) ?? [...table.values()].find(({ name }) => name.toLowerCase() === args.action.toLowerCase());
    const schema = options.kind === 'request' ? action?.request : action?.response;
    if (!action || !schema)
      throw failure('not-found', { what: `${options.kind} ${args.action} in OCPP ${version}`, list: `evroam proto list ocpp ${version}` });
    await io.out(
      `${safeJson({ $schema: 'http://json-schema.org/draft-07/schema#', title: `${action.name} ${options.kind}`, ...schema }, 2)}\n`,
    );
    return EXIT.done;
  },
});

function needVersion(given: string): Version {
  const version = toOcppVersion(given);
  if (!version) throw failure('bad-value', { name: '<version>', value: given, why: OCPP_VERSIONS.join(', ') });
  return version;
}

/** Clauses of the frames: OCPP-J 1.6, and part 4 of 2.0.1 and 2.1. */
const FRAMES = {
  2: { frame: 'CALL', clause: '4.2.1' },
  3: { frame: 'CALLRESULT', clause: '4.2.2' },
  4: { frame: 'CALLERROR', clause: '4.2.3' },
  5: { frame: 'CALLRESULTERROR', clause: '4.2.4' },
  6: { frame: 'SEND', clause: '4.2.5' },
} as const satisfies Record<Frame['type'], { frame: string; clause: string }>;

export const decodeOcpp = defineCommand({
  about: { en: 'read captured frames: direction, message, verdict', zh: '解析抓取的帧：方向、报文、结论' },
  args: '[files...]',
  options: {
    ndjson: flag({ en: 'one frame a line in, one JSON line out', zh: '每行一帧输入，一行 JSON 输出' }),
    ocpp: text('version', { en: 'the version of the frames (1.6)', zh: '帧的版本（1.6）' }),
    ...outputOptions,
  },
  examples: [
    { run: 'evroam proto decode ocpp frames.txt', about: { en: 'a conversation as a table', zh: '以表格显示会话' } },
    { run: 'evroam proto decode ocpp --ndjson < frames.txt', about: { en: 'for a program', zh: '供程序使用' } },
  ],
  async run({ args, options, io }) {
    const version = needVersion(options.ocpp ?? '1.6');
    const decode = await decoder(version);
    if (options.ndjson) {
      const writer = gather(io);
      let bad = 0;
      for await (const { stream } of inputs(io, args.files)) {
        for await (const { text: line, fault } of linesOf(stream)) {
          const row = decode(line ?? '', fault);
          if (!row.ok) bad += 1;
          await writer.write(`${safeJson(row)}\n`);
        }
      }
      await writer.end();
      return bad === 0 ? EXIT.done : EXIT.checkFailed;
    }
    const rows: Verdict[] = [];
    for await (const { stream } of inputs(io, args.files)) {
      for await (const { text: line, fault } of linesOf(stream)) rows.push(decode(line ?? '', fault));
    }
    if (formatOf(io, options) === 'table' && rows.length === 1 && rows[0]) await showRecord(io, options, rows[0]);
    else {
      await showList(io, options, rows, [
        { path: 'direction' },
        { path: 'frame' },
        { path: 'id' },
        { path: 'action' },
        { path: 'verdict' },
        { path: 'clause', wide: true },
        { path: 'payload', wide: true },
      ]);
    }
    return rows.every(({ ok }) => ok) ? EXIT.done : EXIT.checkFailed;
  },
});

/** Remembers the calls that it saw, for an answer does not say what it answers. */
async function decoder(version: Version): Promise<(line: string, fault: string | undefined) => Verdict> {
  const { readFrame, tableOf, validate } = await import('@evroam/ocpp-core');
  const registry = await registryOf(version);
  const table = tableOf(registry);
  const calls = new Map<string, string>();
  return (line, fault) => {
    if (fault !== undefined) return { ok: false, frame: 'unreadable', verdict: `the line is ${fault}` };
    const frame = readFrame(line);
    if (frame.type === 'unreadable')
      return {
        ok: false,
        frame: 'unreadable',
        ...(frame.id === undefined ? {} : { id: frame.id }),
        code: frame.error.code,
        verdict: frame.error.message,
      };
    const name = 'action' in frame ? frame.action : calls.get(frame.id);
    const sender = name === undefined ? undefined : table.get(name)?.from;
    const head = {
      ...FRAMES[frame.type],
      clause: `${version === '1.6' ? 'OCPP-J 1.6' : `OCPP ${version} part 4`}, ${FRAMES[frame.type].clause}`,
      id: frame.id,
    };
    if ('action' in frame) {
      remember(calls, frame.id, frame.action);
      const verdict = validate(registry, frame.action, frame.type === 6 ? 'send' : 'request', frame.payload);
      return { ok: verdict.ok, direction: arrow(sender, false), ...head, action: frame.action, payload: frame.payload, ...told(verdict) };
    }
    if (frame.type === 3) {
      const known = { direction: arrow(sender, true), ...head, ...(name === undefined ? {} : { action: name }), payload: frame.payload };
      if (name === undefined) return { ok: true, ...known, verdict: 'answers a call that was not seen' };
      const verdict = validate(registry, name, 'response', frame.payload);
      return { ok: verdict.ok, ...known, ...told(verdict) };
    }
    const { code, description, details } = frame;
    return {
      ok: true,
      direction: arrow(sender, true),
      ...head,
      ...(name === undefined ? {} : { action: name }),
      code,
      description,
      details,
      verdict: code,
    };
  };
}

/** Calls remembered at once; a capture may be endless. */
const MAX_CALLS = 10_000;
function remember(calls: Map<string, string>, id: string, action: string): void {
  if (calls.size >= MAX_CALLS) {
    const [oldest] = calls.keys();
    if (oldest !== undefined) calls.delete(oldest);
  }
  calls.set(id, action);
}

function arrow(sender: 'station' | 'csms' | 'either' | undefined, answer: boolean): string {
  if (sender === undefined || sender === 'either') return '?';
  return (sender === 'station') === answer ? 'csms -> station' : 'station -> csms';
}

type Checked =
  | { readonly ok: true }
  | { readonly ok: false; readonly code: string; readonly violations: readonly { readonly path: string; readonly message: string }[] };
function told(verdict: Checked): { verdict: string; code?: string; violations?: Checked extends { violations: infer V } ? V : unknown } {
  if (verdict.ok) return { verdict: 'valid' };
  const [first] = verdict.violations;
  return { verdict: `${verdict.code}: ${first?.path ?? ''} ${first?.message ?? ''}`, code: verdict.code, violations: verdict.violations };
}
