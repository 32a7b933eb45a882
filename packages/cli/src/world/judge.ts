// Lets a partner judge its statement, in a process of its own.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { isRecord } from '../output/path.js';

export interface Judgement {
  /** The exit code of the partner's process: 0 it holds, 8 it does not. */
  readonly code: number | null;
  /** The line of the statement that it names, if it names one. */
  readonly line: number | undefined;
  readonly compared: number;
  readonly talk: string;
}

export function judge(config: { statement: string; key: string; cdrs: string }): Promise<Judgement> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [fileURLToPath(new URL('./verify.js', import.meta.url)), JSON.stringify(config)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let talk = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      talk += chunk.toString();
    });
    child.once('error', reject);
    child.once('close', (code) => {
      const verdict = lastJson(out);
      const faults = isRecord(verdict) && Array.isArray(verdict.faults) ? verdict.faults.filter(isRecord) : [];
      const line = faults.map((fault) => fault.line).find((each) => typeof each === 'number');
      resolve({
        code,
        line,
        compared: isRecord(verdict) && typeof verdict.compared === 'number' ? verdict.compared : 0,
        talk: `${talk}${JSON.stringify(faults.slice(0, 3))}`,
      });
    });
  });
}

function lastJson(text: string): unknown {
  const last = text.trimEnd().split('\n').at(-1) ?? '';
  try {
    return JSON.parse(last) as unknown;
  } catch {
    return undefined;
  }
}

/** The statement with one byte of its first line changed: a digit of its energy. */
export function tamper(bundle: Buffer): Buffer {
  const changed = Buffer.from(bundle);
  const lines = changed.indexOf('"lines":[{');
  const at = changed.indexOf('"energyMilliWh":', lines) + '"energyMilliWh":'.length;
  if (lines < 0 || at < lines) throw new Error('the statement has no line to tamper with');
  changed[at] = changed[at] === 0x39 ? 0x31 : (changed[at] ?? 0x30) + 1;
  return changed;
}
