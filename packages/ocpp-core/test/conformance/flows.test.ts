import { type Endpoint, OcppError, openEndpoint, Registration, replayInMemory, socketPair, tableOf, validate } from '@evroam/ocpp-core';
import { expect } from 'chai';
import { conformanceFolder, jsonFilesIn, readJson, registries } from './data.js';

type RawFrame = [number, string, ...unknown[]];
interface Flow {
  title: string;
  version: string;
  frames: { dir: 'CS->CSMS' | 'CSMS->CS'; frame: RawFrame; valid?: boolean }[];
  /** 8.1 is marked invalid, for a validator in binary floating point, and must be accepted all the same. */
  expect: { mustBeAccepted?: boolean };
}

const actionsOf = (version: string) => {
  const found = registries.find(([name]) => name === version);
  if (!found) throw new Error(`no version ${version}`);
  return found[1];
};

describe('the published flows', () => {
  const folder = conformanceFolder();
  const files = folder ? jsonFilesIn(folder, 'samples', 'flows').filter((file) => file !== 'raw-frames.json') : [];

  it('are 19, and each payload gets its verdict', function () {
    if (!folder) return this.skip();
    expect(files).to.have.length(19);
    for (const file of files) {
      const { version, frames, expect: outcome } = readJson(folder, 'samples', 'flows', file) as Flow;
      const actionOf = new Map<string, string>();
      for (const { frame, valid = true } of frames) {
        const [type, id] = frame;
        if (type === 4 || type === 5) continue;
        if (type !== 3) actionOf.set(id, String(frame[2]));
        const action = actionOf.get(id) ?? '';
        const verdict = validate(
          actionsOf(version),
          action,
          type === 3 ? 'response' : type === 6 ? 'send' : 'request',
          type === 3 ? frame[2] : frame[3],
        );
        expect(verdict.ok, `${file} ${id} ${JSON.stringify(verdict)}`).to.equal(valid || outcome.mustBeAccepted === true);
      }
    }
  });

  for (const file of files) {
    it(`${file} runs against a CSMS of ours frame by frame`, async () => {
      if (!folder) throw new Error('no data');
      await play(readJson(folder, 'samples', 'flows', file) as Flow);
    });
  }
});

/** The station is raw; the CSMS is an endpoint whose handlers give the answers of the flow. What it says must be what stands there. */
async function play({ version, frames }: Flow): Promise<void> {
  const [left, right] = socketPair();
  const said: RawFrame[] = [];
  const waiting: ((frame: RawFrame) => void)[] = [];
  right.listen({
    heard: (text) => {
      const frame = JSON.parse(text) as RawFrame;
      const next = waiting.shift();
      if (next) next(frame);
      else said.push(frame);
    },
    ended: () => undefined,
  });
  const hear = () =>
    new Promise<RawFrame>((resolve) => {
      const ready = said.shift();
      if (ready) resolve(ready);
      else waiting.push(resolve);
    });
  const answers = frames.filter(({ dir, frame }) => dir === 'CSMS->CS' && (frame[0] === 3 || frame[0] === 4)).map(({ frame }) => frame);
  const actions = actionsOf(version);
  const csms: Endpoint<'csms', typeof actions> = openEndpoint('csms', left, {
    actions,
    identity: 'CP1',
    gate: new Registration('unknown'),
    replay: replayInMemory(),
  });
  const plain = csms as unknown as {
    handle(action: unknown, handler: (request: unknown, incoming: { messageId: string }) => Promise<unknown>): void;
    call(action: unknown, request: unknown, options: object): Promise<unknown>;
  };
  if (version !== '1.6') {
    // The flows of 2.x begin in the middle of a station's life, too.
    const booted = frames.some(({ frame }) => frame[2] === 'BootNotification');
    if (!booted) plain.handle(tableOf(actions).get('BootNotification'), async () => accepted);
  }
  for (const action of tableOf(actions).values()) {
    if (action.from === 'csms') continue;
    plain.handle(action, async (_request, { messageId }) => {
      if (action.name === 'BootNotification' && messageId === 'before') return accepted;
      const answer = answers.find(([, id]) => id === messageId);
      if (!answer) {
        if (action.response === undefined) return undefined;
        throw new Error(`the flow holds no answer to ${messageId}`);
      }
      if (answer[0] === 4) throw new OcppError('GenericError', 'the endpoint itself should have refused this');
      return answer[2];
    });
  }
  const [first] = frames;
  if (first?.frame[2] !== 'BootNotification' && version !== '1.6') {
    right.send(JSON.stringify([2, 'before', 'BootNotification', { reason: 'PowerUp', chargingStation: { vendorName: 'V', model: 'M' } }]));
    expect((await hear()).slice(0, 2)).to.deep.equal([3, 'before']);
  }
  const calls: Promise<unknown>[] = [];
  for (const { dir, frame } of frames) {
    if (dir === 'CS->CSMS') right.send(JSON.stringify(frame));
    else {
      if (frame[0] === 2) {
        const call = plain.call(tableOf(actions).get(String(frame[2])), frame[3], { messageId: frame[1] });
        calls.push(call.catch((error: unknown) => error));
      }
      const heard = await hear();
      expect(heard.slice(0, 2)).to.deep.equal(frame.slice(0, 2));
      if (frame[0] === 4 || frame[0] === 5) expect(heard[2], JSON.stringify(heard)).to.equal(frame[2]);
      else expect(heard.slice(2)).to.deep.equal(frame.slice(2));
    }
  }
  csms.close();
  await Promise.all(calls);
  expect(said, 'nothing else was said').to.deep.equal([]);
}

const accepted = { status: 'Accepted', currentTime: '2026-01-15T10:00:00Z', interval: 300 };
