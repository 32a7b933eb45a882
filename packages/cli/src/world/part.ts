// The two ends of the talk between the demo and the processes of its world. It goes over IPC; what the parts say to one another goes over the real wire.
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { readEnvironment } from '../config.js';

/** What a part can be asked: by name, one value in, one value out, both plain JSON. */
export type Api = Readonly<Record<string, (args: never) => Promise<unknown>>>;
type Args<F> = F extends (...args: infer A) => unknown ? A : never;
type Result<F> = F extends (args: never) => infer R ? Awaited<R> : never;

interface Question {
  readonly ask: string;
  readonly ref: number;
  readonly args: unknown;
}
interface Answer {
  readonly ref: number;
  readonly value?: unknown;
  readonly error?: string;
}
interface News {
  readonly news: unknown;
}

/** The child's end: answers questions until the parent is gone, and dies with it. */
export function answerParent(handlers: Api): (news: unknown) => void {
  const tell = (message: Answer | News): void => {
    // A message to a parent that has just died is of no use to anybody.
    if (process.connected) process.send?.(message, undefined, undefined, () => {});
  };
  process.on('message', (question: Question) => {
    const handler = Object.hasOwn(handlers, question.ask) ? handlers[question.ask] : undefined;
    Promise.resolve()
      .then(() => {
        if (!handler) throw new RangeError(`this part cannot ${question.ask}`);
        // Parent and child are one program of one version: the types of the question hold.
        return handler(question.args as never);
      })
      .then(
        (value) => tell({ ref: question.ref, ...(value === undefined ? {} : { value }) }),
        (error: unknown) => tell({ ref: question.ref, error: error instanceof Error ? error.message : String(error) }),
      );
  });
  process.on('disconnect', () => process.exit(0));
  // The parent decides when the world ends; a Ctrl-C reaches the whole group and is its to handle.
  process.on('SIGINT', () => {});
  return (news) => tell({ news });
}

/** A question that gets no answer in this time has failed, ms of wall time. */
const ANSWER_MS = 60_000;

/** A process of the world, seen from the demo. */
export interface Part<A extends Api> {
  readonly name: string;
  readonly pid: number;
  ask<K extends keyof A & string>(name: K, ...args: Args<A[K]>): Promise<Result<A[K]>>;
  /** Ends it; resolves when it is gone. */
  stop(): Promise<void>;
  /** Kills it as a power cut would. */
  kill(): Promise<void>;
  /** Resolves when it has ended, with the reason. */
  readonly ended: Promise<string>;
}

export interface PartOptions {
  readonly name: string;
  /** EVROAM_CLOCK for the child. */
  readonly clock: string | undefined;
  readonly onNews?: (news: unknown) => void;
}

/** Starts `world/<program>.js` as a process of its own. */
export function startPart<A extends Api>(program: 'charger' | 'emsp' | 'cpo', { name, clock, onNews }: PartOptions): Part<A> {
  const file = fileURLToPath(new URL(`./${program}.js`, import.meta.url));
  const child = fork(file, [name], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...inherited(), ...(clock === undefined ? {} : { EVROAM_CLOCK: clock }) },
    execArgv: [],
  });
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let lastRef = 0;
  let talk = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    talk = (talk + chunk.toString()).slice(-4096);
  });
  child.on('message', (message: Answer | News) => {
    if ('news' in message) return onNews?.(message.news);
    const hear = waiting.get(message.ref);
    waiting.delete(message.ref);
    if (message.error === undefined) hear?.resolve(message.value);
    else hear?.reject(new Error(`${name}: ${message.error}`));
  });
  const ended = whenEnded(child).then((reason) => {
    const why = `${reason}${talk === '' ? '' : `: ${talk.trim()}`}`;
    for (const { reject } of waiting.values()) reject(new Error(`${name} ended (${why})`));
    waiting.clear();
    return why;
  });
  return {
    name,
    pid: child.pid ?? 0,
    ask: (what, ...[args]) =>
      new Promise((resolve, reject) => {
        lastRef += 1;
        const ref = lastRef;
        const timer = setTimeout(() => {
          waiting.delete(ref);
          reject(new Error(`${name} did not answer ${what} in ${ANSWER_MS / 1000} s`));
        }, ANSWER_MS);
        const settle =
          <T>(done: (value: T) => void) =>
          (value: T) => {
            clearTimeout(timer);
            done(value);
          };
        waiting.set(ref, { resolve: settle((value: unknown) => resolve(value as never)), reject: settle(reject) });
        child.send({ ask: what, ref, args } satisfies Question, (error) => {
          if (error) waiting.get(ref)?.reject(error);
        });
      }),
    stop: async () => {
      if (child.connected) child.disconnect();
      const patience = setTimeout(() => child.kill('SIGKILL'), 5000);
      await ended;
      clearTimeout(patience);
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
    ended,
  };
}

const inherited = (): NodeJS.ProcessEnv => {
  const { PATH, HOME, TZ, LANG, NODE_OPTIONS } = readEnvironment().all;
  return {
    ...(PATH ? { PATH } : {}),
    ...(HOME ? { HOME } : {}),
    ...(TZ ? { TZ } : {}),
    ...(LANG ? { LANG } : {}),
    ...(NODE_OPTIONS ? { NODE_OPTIONS } : {}),
  };
};

function whenEnded(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    // 'close' does not come after a disconnect; what it would wait for is the end of the child's talk.
    child.on('exit', (code, signal) => {
      const reason = signal ?? `exit ${code}`;
      if (!child.stderr || child.stderr.readableEnded) resolve(reason);
      else child.stderr.once('close', () => resolve(reason));
    });
  });
}
