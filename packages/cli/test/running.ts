import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export type Said = Readonly<Record<string, unknown>>;

/** A simulator as a process of its own: orders go in, what it says in JSON lines is waited for. */
export class Running {
  readonly #child: ChildProcess;
  readonly #said: Said[] = [];
  readonly #waiting = new Set<() => void>();
  readonly #ended: Promise<number | null>;
  #talk = '';
  #over = false;

  constructor(words: readonly string[], env: Record<string, string> = {}) {
    const bin = fileURLToPath(new URL('../main.js', import.meta.url));
    this.#child = spawn(process.execPath, [bin, ...words], { stdio: ['pipe', 'pipe', 'pipe'], env: { PATH: process.env.PATH, ...env } });
    let rest = '';
    this.#child.stdout?.on('data', (chunk: Buffer) => {
      rest += chunk.toString();
      for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
        this.#said.push(JSON.parse(rest.slice(0, end)));
        rest = rest.slice(end + 1);
      }
      this.#wake();
    });
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#talk += chunk.toString();
    });
    this.#ended = new Promise((resolve) =>
      this.#child.once('close', (code) => {
        this.#over = true;
        this.#wake();
        resolve(code);
      }),
    );
  }

  get talk(): string {
    return this.#talk;
  }

  order(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  /** Resolves with the first thing said that fits, also one that was said before. */
  heard(what: string, fits: (said: Said) => boolean = () => true): Promise<Said> {
    return this.line((said) => said.what === what && fits(said), what);
  }

  /** The same for a command whose lines do not name what happened. */
  line(fits: (said: Said) => boolean, what = 'that line'): Promise<Said> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = this.#said.find(fits);
        if (found === undefined && !this.#over) return;
        this.#waiting.delete(look);
        if (found) resolve(found);
        else reject(new Error(`it ended without ${what}: ${this.#talk} ${JSON.stringify(this.#said.slice(-5))}`));
      };
      this.#waiting.add(look);
      look();
    });
  }

  /** Says quit; gives the exit code. */
  quit(): Promise<number | null> {
    this.#child.stdin?.on('error', () => {});
    this.#child.stdin?.end('quit\n');
    return this.#ended;
  }

  /** Ctrl-C; gives the exit code. */
  interrupt(): Promise<number | null> {
    this.#child.kill('SIGINT');
    return this.#ended;
  }

  #wake(): void {
    for (const look of [...this.#waiting]) look();
  }
}
