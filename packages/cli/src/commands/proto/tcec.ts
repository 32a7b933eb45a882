import { choice, defineCommand, flag, needed, text } from '../../command.js';
import { eachLine, type Verdict } from '../../each-line.js';
import { failure } from '../../errors.js';
import { readJson } from '../../lines.js';
import { isRecord } from '../../output/path.js';
import { outputOptions } from '../../output/show.js';
import { readKeys } from '../../tcec-keys.js';
import { showVerdict } from './verdict.js';

const wrong = (code: string, message: string, path = ''): Verdict => ({
  ok: false,
  code,
  violations: [{ path, keyword: 'tcec', message }],
});

async function linting(): Promise<(value: unknown) => Verdict> {
  const { lint, TcecError } = await import('@evroam/gbt-adapter/tcec102');
  return (value) => {
    if (!isRecord(value) || typeof value.interface !== 'string') return wrong('Input', '{"interface","side","payload"} is expected');
    const side = value.side === 'response' ? 'response' : 'request';
    try {
      const findings = lint(value.interface, side, value.payload);
      const bad = findings.some(({ level }) => level === 'error');
      const violations = findings.map(({ level, message }) => ({ path: '', keyword: level, message }));
      return bad
        ? { ok: false, code: 'Parameters', violations }
        : { ok: true, ...(violations.length > 0 ? { deviations: violations } : {}) };
    } catch (error) {
      if (error instanceof TcecError) return wrong(error.code, error.message, '/interface');
      throw error;
    }
  };
}

export const lintTcec = defineCommand({
  about: { en: 'check decrypted messages of T/CEC 102', zh: '检查解密后的中电联（T/CEC 102）报文' },
  args: '[files...]',
  options: {
    ndjson: flag({ en: 'one {"interface","side","payload"} a line', zh: '每行一个 {"interface","side","payload"}' }),
    interface: text('name', { en: 'the interface, such as query_stations_info', zh: '接口名，例如 query_stations_info' }),
    side: choice(['request', 'response'], { en: 'which of the two', zh: '请求或应答' }),
    ...outputOptions,
  },
  examples: [
    {
      run: 'evroam proto lint tcec stations.json --interface query_stations_info --side response',
      about: { en: 'one message', zh: '单个报文' },
    },
    { run: 'evroam proto lint tcec --ndjson < messages.ndjson', about: { en: 'many', zh: '批量' } },
  ],
  async run({ args, options, io }) {
    const judge = await linting();
    if (options.ndjson) return eachLine(io, args.files, judge, (message) => wrong('Input', message));
    if (options.interface === undefined) throw failure('missing-option', { name: '--interface' });
    return showVerdict(
      io,
      options,
      judge({ interface: options.interface, side: options.side, payload: await readJson(io, args.files[0]) }),
    );
  },
});

export const openTcec = defineCommand({
  about: { en: 'verify and decrypt envelopes of T/CEC 102 with keys from a file', zh: '用密钥文件验签并解密中电联信封' },
  args: '[files...]',
  options: {
    keys: needed('file', {
      en: 'JSON with operatorId, sigSecret, dataSecret, dataSecretIV',
      zh: '含 operatorId、sigSecret、dataSecret、dataSecretIV 的 JSON',
    }),
    ndjson: flag({ en: 'one envelope a line', zh: '每行一个信封' }),
    ...outputOptions,
  },
  examples: [
    { run: 'evroam proto open tcec envelope.json --keys partner.keys.json', about: { en: 'one envelope', zh: '单个信封' } },
    { run: 'evroam proto open tcec --keys partner.keys.json --ndjson < log.ndjson', about: { en: 'a log of them', zh: '日志文件' } },
  ],
  async run({ args, options, io }) {
    const { openEnvelope, TcecError } = await import('@evroam/gbt-adapter/tcec102');
    const keys = await readKeys(options.keys);
    const judge = (value: unknown): Verdict => {
      try {
        const opened = openEnvelope(keys, value);
        const { kind, signature, operatorId, ret, text: plain, data } = opened;
        return {
          ok: signature === 'ok',
          kind,
          signature,
          ...(operatorId === undefined ? {} : { operatorId }),
          ...(ret === undefined ? {} : { ret }),
          ...(data === undefined ? (plain === undefined ? {} : { text: plain }) : { data }),
          ...(signature === 'ok'
            ? {}
            : {
                code: 'Signature',
                violations: [{ path: '/Sig', keyword: 'signature', message: 'the signature is wrong; nothing was decrypted' }],
              }),
        };
      } catch (error) {
        if (error instanceof TcecError) return wrong(error.code, error.message);
        throw error;
      }
    };
    if (options.ndjson) return eachLine(io, args.files, judge, (message) => wrong('Envelope', message));
    const verdict = judge(await readJson(io, args.files[0]));
    return showVerdict(io, verdict.ok && options.output === undefined ? { ...options, output: 'json' } : options, verdict);
  },
});
