// A partner's own process: it knows its own CDRs, the pinned key and the statement package, and nothing of the hub.
//   node settlement-partner.js <folder>      with *.statement.json, cdrs.ndjson ([key, base64] a line) and hub.pub.pem in it
import { createReadStream, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { recompute, verify } from '@evroam/ocpi/statement';

const folder = process.argv[2] ?? '.';
const publicKey = readFileSync(join(folder, 'hub.pub.pem'));
const cdrs = new Map<string, Buffer>();
for await (const line of createInterface({ input: createReadStream(join(folder, 'cdrs.ndjson')) })) {
  const [key, bytes] = JSON.parse(line) as [string, string];
  cdrs.set(key, Buffer.from(bytes, 'base64'));
}
let lines = 0;
const stated = new Set<string>();
const faults: string[] = [];
for (const name of readdirSync(folder).filter((file) => file.endsWith('.statement.json'))) {
  const text = readFileSync(join(folder, name), 'utf8');
  const checked = verify(text, { publicKey });
  if (!checked.ok) faults.push(...checked.faults.map(({ pointer, message }) => `${name}${pointer} ${message}`));
  const again = recompute(text, { cdrs });
  for (const { line, cdr, ok, ownCdr } of again.lines) {
    if (!ok || ownCdr !== 'equal') faults.push(`${name} line ${line}: own CDR ${ownCdr}`);
    stated.add(`${name.split('.')[4]} ${cdr}`);
    lines += 1;
  }
}
process.send?.({ lines, distinct: stated.size, faults: faults.slice(0, 20) });
