import { defineCommand, flag } from '../../command.js';
import { eachLine, type Verdict } from '../../each-line.js';
import { EXIT } from '../../exit.js';
import { inputs, linesOf } from '../../lines.js';
import { isRecord } from '../../output/path.js';
import { formatOf, outputOptions, showList, showRecord } from '../../output/show.js';

const inputError = (message: string): Verdict => ({ ok: false, error: { code: 'Input', message } });

/** Reads a frame from text; what the package throws becomes the answer. */
async function decoding(): Promise<(hex: string) => Verdict> {
  const { decodeHex, YkcError } = await import('@evroam/gbt-adapter/ykc');
  return (hex) => {
    try {
      return { ok: true, ...decodeHex(hex) };
    } catch (error) {
      if (error instanceof YkcError)
        return { ok: false, error: { code: error.code, message: error.message, ...(error.field === '' ? {} : { field: error.field }) } };
      throw error;
    }
  };
}

export const decodeYkc = defineCommand({
  about: { en: 'read frames of 云快充 (YKC) from hexadecimal text', zh: '解析云快充的十六进制帧' },
  args: '[files...]',
  options: { ndjson: flag({ en: 'one {"hex"} a line', zh: '每行一个 {"hex"}' }), ...outputOptions },
  examples: [
    { run: 'evroam proto decode ykc frames.hex', about: { en: 'frames as text, one a line', zh: '每行一帧文本' } },
    { run: 'evroam proto decode ykc --ndjson < frames.ndjson', about: { en: 'for a program', zh: '供程序使用' } },
  ],
  async run({ args, options, io }) {
    const decode = await decoding();
    const judge = (value: unknown): Verdict =>
      isRecord(value) && typeof value.hex === 'string' ? decode(value.hex) : inputError('{"hex"} is expected');
    if (options.ndjson) return eachLine(io, args.files, judge, inputError);
    const verdicts: Verdict[] = [];
    for await (const { stream } of inputs(io, args.files)) {
      for await (const { text, fault } of linesOf(stream))
        verdicts.push(text === undefined ? inputError(`the line is ${fault}`) : decode(text));
    }
    const [first] = verdicts;
    if (verdicts.length === 1 && first && formatOf(io, options) === 'table') await showRecord(io, options, first);
    else
      await showList(io, options, verdicts, [
        { path: 'type' },
        { path: 'name' },
        { path: 'from' },
        { path: 'sequence' },
        { path: 'crc' },
        { path: 'error' },
        { path: 'fields', wide: true },
      ]);
    return verdicts.every(({ ok }) => ok) ? EXIT.done : EXIT.checkFailed;
  },
});

export const encodeYkc = defineCommand({
  about: { en: 'write frames of 云快充 (YKC) as hexadecimal text', zh: '编码云快充帧为十六进制' },
  args: '[files...]',
  options: { ndjson: flag({ en: 'answer with {"ok","hex"} a line', zh: '每行以 {"ok","hex"} 回答' }) },
  examples: [
    {
      run: 'evroam proto encode ykc frame.json',
      about: { en: '{"type","fields","sequence"} a line', zh: '每行 {"type","fields","sequence"}' },
    },
    {
      run: 'evroam proto decode ykc --ndjson < frames.ndjson | evroam proto encode ykc --ndjson',
      about: { en: 'there and back', zh: '往返转换' },
    },
  ],
  async run({ args, options, io }) {
    const { encodeHex, YkcError } = await import('@evroam/gbt-adapter/ykc');
    const encode = (value: unknown): Verdict => {
      if (!isRecord(value) || !(typeof value.type === 'string' || typeof value.type === 'number') || !isRecord(value.fields))
        return inputError('{"type","fields"} is expected');
      const { type, fields, sequence, encrypted, spare } = value;
      try {
        return {
          ok: true,
          hex: encodeHex({
            type,
            fields,
            ...(typeof sequence === 'number' ? { sequence } : {}),
            ...(typeof encrypted === 'boolean' ? { encrypted } : {}),
            ...(typeof spare === 'string' ? { spare } : {}),
          }),
        };
      } catch (error) {
        if (error instanceof YkcError)
          return { ok: false, error: { code: error.code, message: error.message, ...(error.field === '' ? {} : { field: error.field }) } };
        throw error;
      }
    };
    if (options.ndjson) return eachLine(io, args.files, encode, inputError);
    let bad = 0;
    for await (const { stream } of inputs(io, args.files)) {
      for await (const { text, number } of linesOf(stream)) {
        const verdict = encode(parse(text ?? ''));
        if (verdict.ok) await io.out(`${String(verdict.hex)}\n`);
        else {
          bad += 1;
          io.talk(`${io.say('line', { line: number })}: ${isRecord(verdict.error) ? String(verdict.error.message) : ''}`);
        }
      }
    }
    return bad === 0 ? EXIT.done : EXIT.checkFailed;
  },
});

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
