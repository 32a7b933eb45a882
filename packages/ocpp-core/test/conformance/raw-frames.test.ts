import { openEndpoint, socketPair, tableOf } from '@evroam/ocpp-core';
import { expect } from 'chai';
import { conformanceFolder, readJson, registries } from './data.js';

interface Expectation {
  type?: number;
  messageId?: string;
  code?: string | string[];
  ignored?: boolean;
  anyOf?: string[];
}
interface Raw {
  in: string;
  expect: Expectation;
  versions?: string[];
}

describe('malformed frames', () => {
  const folder = conformanceFolder();

  for (const [version, actions] of registries) {
    it(`get the answer that OCPP ${version} asks for, and the next message is heard`, async function () {
      if (!folder) return this.skip();
      const frames = readJson(folder, 'samples', 'flows', 'raw-frames.json') as Raw[];
      for (const { in: text, expect: expectation, versions } of frames) {
        if (versions && !versions.includes(version)) continue;
        const [left, right] = socketPair();
        const csms = openEndpoint('csms', left, { actions });
        const plain = csms as unknown as { handle(action: unknown, handler: () => Promise<unknown>): void };
        plain.handle(tableOf(actions).get('Heartbeat'), async () => ({ currentTime: '2026-01-15T10:00:00Z' }));
        const answers = await new Promise<[number, string, string][]>((resolve) => {
          const heard: [number, string, string][] = [];
          right.listen({
            heard: (answer) => {
              const frame = JSON.parse(answer) as [number, string, string];
              if (frame[1] === 'last') resolve(heard);
              else heard.push(frame);
            },
            ended: () => resolve(heard),
          });
          right.send(text);
          right.send('[2,"last","Heartbeat",{}]');
        });
        matches(expectation, answers, `${version} ${text}`);
        csms.close();
      }
    });
  }
});

function matches(expectation: Expectation, answers: [number, string, string][], what: string): void {
  const [answer] = answers;
  if (expectation.ignored) expect(answers, what).to.deep.equal([]);
  else if (expectation.anyOf) {
    const shown = answer === undefined ? 'ignored' : answer[0] === 3 ? 'lenient type 3' : 'type 4';
    const code = answer?.[2] ?? '';
    expect(
      expectation.anyOf.some((allowed) => allowed === shown || allowed === code || (allowed === 'type 4' && shown === 'type 4')),
      `${what}: ${JSON.stringify(answers)}`,
    ).to.equal(true);
  } else {
    if (!answer) throw new Error(`${what} got no answer`);
    expect(answer[0], what).to.equal(expectation.type);
    if (expectation.messageId !== undefined) expect(answer[1], what).to.equal(expectation.messageId);
    if (expectation.code !== undefined) expect([expectation.code].flat(), what).to.include(answer[2]);
  }
}
