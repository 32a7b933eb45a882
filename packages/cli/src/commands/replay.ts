import type { CapturedFrame } from '@evroam/platform/client';
import { describer, toLine } from '../capture/describe.js';
import { framesOf } from '../capture/file.js';
import { openVoice, type Played, type Voice } from '../capture/replay.js';
import { defineCommand, integer, needed, text } from '../command.js';
import { failure } from '../errors.js';
import { EXIT } from '../exit.js';
import { safe } from '../output/safe.js';
import { secretIn } from './sim/secret.js';

export const replay = defineCommand({
  about: { en: 'let the stations of a capture file say it all again, to another hub', zh: '将记录文件重放到另一个平台' },
  args: '<file>',
  options: {
    into: needed('url', {
      en: 'ws://host:port/ocpp, or tcp://host:port for 云快充',
      zh: 'ws://host:port/ocpp 或 tcp://host:port（云快充）',
    }),
    speed: integer('n', { or: 1, min: 1, max: 100_000 }, { en: 'how much faster than it was', zh: '加速倍数' }),
    until: text('time', { en: 'only up to a moment, ISO 8601', zh: '截止时间（ISO 8601）' }),
    id: text('identity', { en: 'another identity, for a capture of one station', zh: '使用另一个标识（仅一个充电站的记录）' }),
    passwordFile: text('file', { en: 'the password of the stations, in the first line of a file', zh: '密码文件（第一行）' }),
  },
  examples: [
    {
      run: 'evroam replay cs-1.capture --into ws://127.0.0.1:8180/ocpp --password-file cs-1.key',
      about: { en: 'at its own pace', zh: '按原速度' },
    },
    {
      run: 'evroam replay cs-1.capture --into ws://127.0.0.1:8180/ocpp --speed 100 --id CS-TEST --password-file test.key',
      about: { en: 'a hundred times as fast, as another station', zh: '百倍速，以另一个标识' },
    },
  ],
  async run({ args, options, io }) {
    const until = options.until === undefined ? Number.POSITIVE_INFINITY : Date.parse(options.until);
    if (Number.isNaN(until)) throw failure('bad-value', { name: '--until', value: options.until ?? '', why: 'ISO 8601' });
    const password = await secretIn(options.passwordFile);
    const target = {
      url: options.into,
      ...(options.id === undefined ? {} : { identity: options.id }),
      ...(password === undefined ? {} : { password }),
    };
    const { decodeHex } = await import('@evroam/gbt-adapter/ykc');
    const describe = describer(decodeHex);
    const tell = (played: Played, protocol: string) => {
      if (played.kind === 'closed') return io.talk(`${played.peer}: ${safe(played.why)}`);
      const at = new Date().toISOString();
      const body = protocol === 'ykc' ? 'hex' : 'text';
      const frame: CapturedFrame =
        played.kind === 'sent' ? played.frame : { at, protocol, peer: played.peer, way: 'out', [body]: played.text };
      void io.out(`${safe(toLine(describe(frame)))}\n`);
    };
    const voices = new Map<string, Voice>();
    let before: number | undefined;
    let played = 0;
    try {
      for await (const frame of framesOf(io, [args.file])) {
        const at = Date.parse(frame.at);
        if (at > until || io.signal.aborted) break;
        if (before !== undefined && at > before) await pause((at - before) / options.speed, io.signal);
        before = at;
        let voice = voices.get(frame.peer);
        if (!voice) {
          if (options.id !== undefined && voices.size > 0)
            throw failure('bad-value', { name: '--id', value: options.id, why: `the capture is of several stations: ${frame.peer} too` });
          voice = await openVoice(frame, target, (one) => tell(one, frame.protocol)).catch((error: unknown) => {
            throw failure('remote-unreachable', { url: options.into, why: reasonOf(error) }, { cause: error });
          });
          voices.set(frame.peer, voice);
        }
        await voice.play(frame);
        if (frame.way === 'in') played += 1;
      }
    } finally {
      await Promise.all([...voices.values()].map((voice) => voice.close()));
    }
    io.talk(`${played} frames of ${voices.size} stations`);
    return io.signal.aborted ? EXIT.interrupted : EXIT.done;
  },
});

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}
