import type { Kind, OcpiVersion } from '@evroam/ocpi';
import { choice, defineCommand, flag, text } from '../../command.js';
import { eachLine, type Verdict } from '../../each-line.js';
import { failure } from '../../errors.js';
import { EXIT } from '../../exit.js';
import { readJson } from '../../lines.js';
import { isRecord } from '../../output/path.js';
import { safeJson } from '../../output/safe.js';
import { outputOptions, showList } from '../../output/show.js';
import { showVerdict } from './verdict.js';

const VERSIONS = ['2.1.1', '2.2', '2.2.1', '2.3.0', '2.3.0-payments', '2.3.0-bookings'] as const satisfies readonly OcpiVersion[];
const KINDS = ['full', 'patch', 'request', 'response', 'fragment'] as const;
const isKind = (value: unknown): value is Kind => KINDS.some((kind) => kind === value);
const wrong = (path: string, message: string): Verdict => ({ ok: false, code: 2001, violations: [{ path, keyword: 'line', message }] });

/** Judges `{ version, object, kind, payload }`. */
async function judgeWith(unknown: 'accept' | 'refuse'): Promise<(value: unknown) => Verdict> {
  const { isVersion, validate } = await import('@evroam/ocpi');
  return (value) => {
    if (!isRecord(value)) return wrong('', 'an object with version, object, kind and payload is expected');
    const { version, object, kind = 'full', payload } = value;
    if (typeof version !== 'string' || !isVersion(version)) return wrong('/version', `must be one of ${VERSIONS.join(' ')}`);
    if (typeof object !== 'string') return wrong('/object', 'the name of an object is expected');
    if (!isKind(kind)) return wrong('/kind', `must be one of ${KINDS.join(' ')}`);
    try {
      const verdict = validate(version, object, kind, payload, { unknown });
      return verdict.ok ? { ok: true } : { ok: false, code: verdict.code, violations: verdict.violations };
    } catch (error) {
      if (error instanceof RangeError) return wrong('/object', error.message);
      throw error;
    }
  };
}

export const lintOcpi = defineCommand({
  about: { en: 'check OCPI objects against their definitions', zh: '检查 OCPI 对象' },
  args: '[files...]',
  options: {
    ndjson: flag({ en: 'one {"version","object","kind","payload"} a line', zh: '每行一个 {"version","object","kind","payload"}' }),
    ocpi: text('version', { en: 'the version, when the input is the object only', zh: '版本（输入仅为对象时）' }),
    object: text('name', { en: 'what the input is, such as CDR or Session', zh: '对象类型，例如 CDR 或 Session' }),
    kind: choice(KINDS, { en: 'a whole object, a PATCH body, or another', zh: '完整对象、PATCH 内容或其他' }),
    unknown: choice(['accept', 'refuse'], { en: 'fields that the standard does not know', zh: '标准之外的字段' }),
    ...outputOptions,
  },
  examples: [
    { run: 'evroam proto lint ocpi cdr.json --ocpi 2.2.1 --object CDR', about: { en: 'one object', zh: '单个对象' } },
    { run: 'evroam proto lint ocpi --ndjson < objects.ndjson', about: { en: 'many, one verdict a line', zh: '批量，逐行给出结论' } },
  ],
  async run({ args, options, io }) {
    const judge = await judgeWith(options.unknown);
    if (options.ndjson) return eachLine(io, args.files, judge, (message) => wrong('', message));
    const input = await readJson(io, args.files[0]);
    const value =
      options.object === undefined
        ? input
        : { version: options.ocpi ?? '2.2.1', object: options.object, kind: options.kind, payload: input };
    return showVerdict(io, options, judge(value));
  },
});

export const listOcpi = defineCommand({
  about: { en: 'list the modules and objects of OCPI', zh: '列出 OCPI 的模块和对象' },
  args: '[version]',
  options: outputOptions,
  examples: [
    { run: 'evroam proto list ocpi 2.2.1', about: { en: 'one version', zh: '一个版本' } },
    { run: 'evroam proto list ocpi -o csv', about: { en: 'all of them', zh: '全部版本' } },
  ],
  async run({ args, options, io }) {
    const { enumerationsOf, modulesOf, objectsOf } = await import('@evroam/ocpi');
    const rows = (args.version === undefined ? VERSIONS : [await needVersion(args.version)]).flatMap((version) => [
      ...[...modulesOf(version).keys()].map((name) => ({ version, kind: 'module', name })),
      ...[...objectsOf(version).keys()].map((name) => ({ version, kind: 'object', name })),
      ...[...enumerationsOf(version).keys()].map((name) => ({ version, kind: 'enumeration', name })),
    ]);
    return showList(io, options, rows, [{ path: 'version' }, { path: 'kind' }, { path: 'name' }]);
  },
});

export const schemaOcpi = defineCommand({
  about: { en: 'the JSON Schema of an object', zh: '对象的 JSON Schema' },
  args: '<version> <object>',
  options: { kind: choice(KINDS, { en: 'a whole object, a PATCH body, or another', zh: '完整对象、PATCH 内容或其他' }) },
  examples: [
    { run: 'evroam proto schema ocpi 2.2.1 CDR', about: { en: 'of a CDR', zh: 'CDR' } },
    { run: 'evroam proto schema ocpi 2.3.0 Session --kind patch', about: { en: 'of a PATCH of a session', zh: '会话的 PATCH' } },
  ],
  async run({ args, options, io }) {
    const { objectsOf, payloadSchema } = await import('@evroam/ocpi');
    const version = await needVersion(args.version);
    const name = [...objectsOf(version).keys()].find((each) => each.toLowerCase() === args.object.toLowerCase());
    if (name === undefined)
      throw failure('not-found', { what: `object ${args.object} in OCPI ${version}`, list: `evroam proto list ocpi ${version}` });
    await io.out(
      `${safeJson({ $schema: 'http://json-schema.org/draft-07/schema#', title: name, ...payloadSchema(version, name, options.kind) }, 2)}\n`,
    );
    return EXIT.done;
  },
});

async function needVersion(given: string): Promise<OcpiVersion> {
  const { isVersion } = await import('@evroam/ocpi');
  if (!isVersion(given)) throw failure('bad-value', { name: '<version>', value: given, why: VERSIONS.join(', ') });
  return given;
}
