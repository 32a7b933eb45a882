import type { DecodedFrame } from './codec.js';
import { YkcError } from './errors.js';
import type { Frame } from './frame.js';

interface Pending {
  readonly answer: Frame;
  readonly sequence: number;
  readonly request: unknown;
  readonly timer: NodeJS.Timeout;
  readonly resolve: (body: unknown) => void;
  readonly reject: (error: YkcError) => void;
  /** The last report that came meanwhile: the answer of a pile that does not repeat sequences. */
  report: { readonly body: unknown } | undefined;
}

const IDS = ['pileCode', 'gunNo', 'tradeNo'] as const;
const idOf = (body: unknown, name: (typeof IDS)[number]): unknown =>
  typeof body === 'object' && body !== null && name in body ? (body as Readonly<Record<string, unknown>>)[name] : undefined;

/** Whether an answer can be meant for a request: what both name must be the same. Some piles zero the trade number of a refusal. */
function agrees(request: unknown, answer: unknown): boolean {
  return IDS.every((name) => {
    const [asked, said] = [idOf(request, name), idOf(answer, name)];
    return asked === undefined || said === undefined || asked === said || (name === 'tradeNo' && /^0+$/.test(String(said)));
  });
}

/** Calls that wait for their answer. */
export class Calls {
  readonly #pending = new Set<Pending>();

  get size(): number {
    return this.#pending.size;
  }

  /** Waits for the answer to `request`, which went out under `sequence`. */
  wait(answer: Frame, sequence: number, request: unknown, timeoutMs: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(pending);
        if (pending.report) resolve(pending.report.body);
        else reject(new YkcError('Timeout', `no ${answer.name} within ${timeoutMs} ms`));
      }, timeoutMs);
      const pending: Pending = { answer, sequence, request, timer, resolve, reject, report: undefined };
      this.#pending.add(pending);
    });
  }

  /** Gives a frame to the call it answers: the one with its sequence, else (for piles that number answers themselves) the oldest about the same thing. */
  settle({ frame, sequence, body }: DecodedFrame): boolean {
    let found: Pending | undefined;
    for (const pending of this.#pending) {
      if (pending.answer.type !== frame.type || !agrees(pending.request, body)) continue;
      if (pending.sequence === sequence) {
        found = pending;
        break;
      }
      if (frame.isReport) pending.report = { body };
      else found ??= pending;
    }
    if (!found) return false;
    this.#pending.delete(found);
    clearTimeout(found.timer);
    found.resolve(body);
    return true;
  }

  fail(error: YkcError): void {
    for (const pending of this.#pending) {
      clearTimeout(pending.timer);
      pending.reject(error);
    }
    this.#pending.clear();
  }
}
