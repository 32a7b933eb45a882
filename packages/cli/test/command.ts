import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly talk: string;
}

const bin = fileURLToPath(new URL('../main.js', import.meta.url));

/** Runs `evroam` as a process of its own, with an environment that says nothing. */
export function evroam(
  words: readonly string[],
  { input = '', env = {} }: { input?: string | Buffer; env?: Record<string, string> } = {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [bin, ...words], { stdio: ['pipe', 'pipe', 'pipe'], env: { PATH: process.env.PATH, ...env } });
    const parts: { out: Buffer[]; talk: Buffer[] } = { out: [], talk: [] };
    child.stdout.on('data', (chunk: Buffer) => parts.out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => parts.talk.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out: Buffer.concat(parts.out).toString(), talk: Buffer.concat(parts.talk).toString() }));
    // A command that needs no input may end before it reads any.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}
