import type { CanFrame, SessionTracker } from '@evroam/gbt-adapter/gbt27930';
import { defineCommand, flag } from '../../command.js';
import { gather, type Verdict } from '../../each-line.js';
import { EXIT } from '../../exit.js';
import { inputs, linesOf } from '../../lines.js';
import { isRecord } from '../../output/path.js';
import { safeJson } from '../../output/safe.js';
import { formatOf, outputOptions, type Row, showList, showRecord } from '../../output/show.js';

export const decodeGbt27930 = defineCommand({
  about: { en: 'read CAN frames between charger and vehicle (GB/T 27930)', zh: '解析充电机与车辆之间的 CAN 报文（GB/T 27930）' },
  args: '[files...]',
  options: {
    ndjson: flag({ en: 'one {"id","data"} or candump line in, one JSON line out', zh: '每行一个 {"id","data"} 或 candump 行' }),
    summary: flag({ en: 'also tell what the session came to, last', zh: '最后给出会话总结' }),
    ...outputOptions,
  },
  examples: [
    {
      run: 'evroam proto decode gbt27930 candump.log --summary',
      about: { en: 'a capture, and why the session ended', zh: '抓包文件及会话结束原因' },
    },
    { run: 'evroam proto decode gbt27930 --ndjson < frames.ndjson', about: { en: 'frame by frame', zh: '逐帧' } },
  ],
  async run({ args, options, io }) {
    const { decode, tracker } = await decoding();
    const writer = gather(io);
    const rows: Row[] = [];
    let bad = 0;
    for await (const { stream } of inputs(io, args.files)) {
      for await (const { text, fault } of linesOf(stream)) {
        const verdict = text === undefined ? wrong('Input', `the line is ${fault}`) : decode(text);
        if (!verdict.ok) bad += 1;
        if (options.ndjson) await writer.write(`${safeJson(verdict)}\n`);
        // A transport packet alone says nothing to a reader.
        else if (!verdict.ok || verdict.message !== null) rows.push(verdict);
      }
    }
    await writer.end();
    const summary = { ...tracker.summary() };
    if (options.ndjson) {
      if (options.summary) await io.out(`${safeJson({ ok: bad === 0, summary })}\n`);
    } else if (formatOf(io, options) === 'json') {
      await showRecord(io, options, { messages: rows, summary });
    } else {
      await showList(io, options, rows, [
        { path: 'at_ms' },
        { path: 'message' },
        { path: 'from' },
        { path: 'phase' },
        { path: 'error.message', title: 'ERROR' },
        { path: 'fields', wide: true },
      ]);
      if (options.summary)
        io.talk(
          Object.entries(summary)
            .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : safeJson(value ?? null)}`)
            .join('\n'),
        );
    }
    return bad === 0 ? EXIT.done : EXIT.checkFailed;
  },
});

const wrong = (code: string, message: string, field = ''): Verdict => ({
  ok: false,
  error: { code, message, ...(field === '' ? {} : { field }) },
});

async function decoding(): Promise<{ decode: (line: string) => Verdict; tracker: SessionTracker }> {
  const { decodeHex, frameFrom, Gbt27930Error, idText, parseFrame, SessionTracker } = await import('@evroam/gbt-adapter/gbt27930');
  const tracker = new SessionTracker();
  const hear = (frame: CanFrame): Verdict => {
    const { decoded, phase, transfer, error } = tracker.hear(frame);
    const at = frame.atMs === undefined ? {} : { at_ms: frame.atMs };
    if (error) return { ...wrong(error.code, error.message, error.field), ...at };
    if (transfer) return { ok: true, message: null, ...at, transfer, ...(phase === undefined ? {} : { phase }) };
    if (!decoded) return { ok: true, message: null, ...at, id: idText(frame.id), ...(phase === undefined ? {} : { phase }) };
    const { message, body } = decoded;
    return {
      ok: true,
      message: message.name,
      ...at,
      id: idText(frame.id),
      from: message.from,
      fields: message.body.print(body),
      ...(phase === undefined ? {} : { phase }),
    };
  };
  const decode = (line: string): Verdict => {
    try {
      const given: unknown = line.startsWith('{') ? JSON.parse(line) : undefined;
      if (given === undefined) return hear(parseFrame(line));
      if (!isRecord(given) || typeof given.id !== 'string' || typeof given.data !== 'string')
        return wrong('Input', '{"id","data"} is expected');
      // More than a frame holds: a payload that somebody put together already.
      if (given.data.replace(/[\s:-]/g, '').length > 16) return { ok: true, ...decodeHex(given.id, given.data) };
      return hear(frameFrom(given.id, given.data));
    } catch (error) {
      if (error instanceof Gbt27930Error) return wrong(error.code, error.message, error.field);
      if (error instanceof SyntaxError) return wrong('Input', 'the line is not JSON');
      throw error;
    }
  };
  return { decode, tracker };
}
