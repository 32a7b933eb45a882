import type { Location } from '@evroam/ocpi/v221';
import { choice, defineCommand, flag, text } from '../../command.js';
import { eachLine, type Verdict } from '../../each-line.js';
import { failure } from '../../errors.js';
import { EXIT } from '../../exit.js';
import { readJson } from '../../lines.js';
import { nearest } from '../../nearest.js';
import { isRecord } from '../../output/path.js';
import { safe, safeJson } from '../../output/safe.js';

const VERSIONS = ['2.1.1', '2.2', '2.2.1', '2.3.0'] as const;

export const convertOcpi = defineCommand({
  about: { en: 'turn an OCPI object into another version, with all that was lost', zh: '将 OCPI 对象转换为另一版本，并列出丢失内容' },
  args: '[files...]',
  options: {
    from: choice(VERSIONS, { en: 'the version that it is in', zh: '源版本' }),
    to: choice(['2.3.0', '2.2.1', '2.2', '2.1.1'], { en: 'the version that it becomes', zh: '目标版本' }),
    object: text('name', {
      en: 'what it is: Location, Session, CDR, Tariff, Token, StartSession and more',
      zh: '对象类型：Location、Session、CDR、Tariff、Token 等对象',
    }),
    owner: text('id', { en: 'whose it is, such as NL-ABC: 2.1.1 does not say', zh: '所属方，例如 NL-ABC（2.1.1 不含）' }),
    location: text('file', { en: 'the 2.2.1 location that a session or CDR names', zh: '会话或 CDR 所指的 2.2.1 站点' }),
    patch: flag({ en: 'it is the body of a PATCH', zh: '为 PATCH 内容' }),
    ndjson: flag({
      en: 'one {"object","payload"} a line, answered by {"ok","result","losses"}',
      zh: '每行一个 {"object","payload"}，以 {"ok","result","losses"} 回答',
    }),
  },
  examples: [
    {
      run: 'evroam proto convert ocpi cdr.json --from 2.1.1 --to 2.3.0 --object CDR --owner NL-ABC',
      about: { en: 'the result; the losses on standard error', zh: '输出结果；丢失内容在标准错误' },
    },
    {
      run: 'evroam proto convert ocpi --from 2.2.1 --to 2.1.1 --ndjson < objects.ndjson',
      about: { en: 'many, with their losses', zh: '批量，含丢失列表' },
    },
  ],
  async run({ args, options, io }) {
    const { bridgedObjects, convert } = await import('@evroam/ocpi/bridge');
    const known = options.location === undefined ? undefined : await readJson(io, options.location);
    const turn = (name: unknown, payload: unknown): Verdict => {
      const object = bridgedObjects.find((each) => each === name);
      if (!object)
        return {
          ok: false,
          losses: [
            {
              kind: 'impossible',
              pointer: '/object',
              message: `not an object: ${String(name)}; ${nearest(String(name), bridgedObjects) ?? bridgedObjects.join(' ')}`,
            },
          ],
        };
      const { result, losses } = convert(options.from, options.to, object, payload, {
        owner: ownerOf(options.owner, payload),
        ...(options.patch ? { partial: true } : {}),
        // Read from a file that the user vouches for; the bridge checks what it takes from it.
        ...(isRecord(known)
          ? {
              lookup: {
                location: (id: string) =>
                  String(known.id).toUpperCase() === id.toUpperCase() ? (known as unknown as Location) : undefined,
              },
            }
          : {}),
      });
      return { ok: result !== undefined, ...(result === undefined ? {} : { result }), losses };
    };
    if (options.ndjson)
      return eachLine(
        io,
        args.files,
        (value) =>
          isRecord(value) ? turn(value.object ?? options.object, 'payload' in value ? value.payload : value) : turn(options.object, value),
        (message) => ({ ok: false, losses: [{ kind: 'impossible', pointer: '', message }] }),
      );
    if (options.object === undefined) throw failure('missing-option', { name: '--object' });
    const { ok, result, losses } = turn(options.object, await readJson(io, args.files[0]));
    for (const loss of Array.isArray(losses) ? losses.filter(isRecord) : []) {
      io.talk(safe(`${String(loss.kind)} ${String(loss.version ?? '')} ${String(loss.pointer)}: ${String(loss.message)}`));
    }
    if (!ok) return EXIT.checkFailed;
    await io.out(`${safeJson(result, 2)}\n`);
    return EXIT.done;
  },
});

/** Who owns it: as told, else as it says itself. */
function ownerOf(given: string | undefined, payload: unknown): { country_code: string; party_id: string } {
  if (given !== undefined) {
    const [, country_code, party_id] = /^([A-Za-z]{2})[-*]?([A-Za-z0-9]{3})$/.exec(given) ?? [];
    if (country_code === undefined || party_id === undefined) throw failure('bad-value', { name: '--owner', value: given, why: 'NL-ABC' });
    return { country_code: country_code.toUpperCase(), party_id: party_id.toUpperCase() };
  }
  if (isRecord(payload) && typeof payload.country_code === 'string' && typeof payload.party_id === 'string')
    return { country_code: payload.country_code, party_id: payload.party_id };
  throw failure('missing-option', { name: '--owner' });
}
