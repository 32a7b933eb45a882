import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

// biome-ignore lint/suspicious/noExplicitAny: what a raw partner answers is looked at by the test
type Json = any;

/** Starts a raw partner, or another raw peer; `ask` is answered when it has done it. */
export function startPartner(program = new URL('./raw-partner.js', import.meta.url)) {
  const child = fork(fileURLToPath(program), { execArgv: ['--enable-source-maps'] });
  const waiting = new Map<number, { resolve: (value: Json) => void; reject: (error: Error) => void }>();
  let last = 0;
  child.on('message', ({ ref, value, error }: { ref: number; value?: Json; error?: string }) => {
    const asked = waiting.get(ref);
    waiting.delete(ref);
    if (error === undefined) asked?.resolve(value);
    else asked?.reject(new Error(error));
  });
  child.on('exit', () => {
    for (const { reject } of waiting.values()) reject(new Error('the partner has ended'));
  });
  return {
    ask: (name: string, args: unknown = {}): Promise<Json> =>
      new Promise((resolve, reject) => {
        last += 1;
        waiting.set(last, { resolve, reject });
        child.send({ ref: last, ask: name, args });
      }),
    /** As an outage does it: without a word. */
    kill: () => {
      const gone = child.exitCode === null && child.signalCode === null ? new Promise((resolve) => child.once('exit', resolve)) : undefined;
      child.kill('SIGKILL');
      return gone;
    },
    end: () => {
      if (!child.connected) return undefined;
      child.disconnect();
      return new Promise((resolve) => child.once('exit', resolve));
    },
  };
}

export type PartnerProcess = ReturnType<typeof startPartner>;
