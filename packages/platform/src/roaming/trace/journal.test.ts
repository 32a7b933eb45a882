import { expect } from 'chai';
import { createLog } from '../../edges/log.js';
import type { OperatorId, PartnerId } from '../../kernel/ids.js';
import { createJournal, LARGEST_BODY, MOST_WAITING, type Segment } from './journal.js';
import type { TracedExchange } from './line.js';

const operatorId = 'op' as OperatorId;
const clock = { now: () => new Date('2026-03-02T12:00:00Z'), rate: 1 };
const line = (correlation: string): TracedExchange => ({
  ...{ kind: 'exchange', at: clock.now().getTime() - 5, ms: 5, way: 'in', partner: 'p1' as PartnerId, protocol: 'ocpi2.2.1' },
  ...{ method: 'GET', path: '/', status: 200, statusCode: 1000, correlation, requestBytes: 0, answerBytes: 0 },
});

function open(append?: (segment: Segment) => Promise<void>) {
  const segments: Segment[] = [];
  const lost: Record<string, number> = {};
  const journal = createJournal({
    store: {
      append: async (_, segment) => {
        await append?.(segment);
        segments.push(segment);
      },
    },
    clock,
    log: createLog({ level: 'silent' }),
    lost: (what, count) => {
      lost[what] = (lost[what] ?? 0) + count;
    },
  });
  return { journal, segments, lost };
}

describe('the journal of traces', () => {
  it('writes what came in segments of a thousand, in order, and nothing twice', async () => {
    const { journal, segments } = open();
    for (let n = 0; n < 2_500; n += 1) journal.take(operatorId, line(`c${n}`));
    await journal.close();
    const kept = segments.flatMap(({ lines }) => lines.map((text) => JSON.parse(text).correlation));
    expect(kept).to.deep.equal(Array.from({ length: 2_500 }, (_, n) => `c${n}`));
    expect(segments.every(({ lines }) => lines.length <= 1_000)).to.equal(true);
    expect(segments[0]!.from).to.deep.equal(new Date(clock.now().getTime() - 5));
  });

  it('keeps what could not be written, and writes it once when the database is back', async () => {
    let isAway = true;
    const { journal, segments } = open(async () => {
      if (isAway) throw new Error('away');
    });
    journal.take(operatorId, line('c1'));
    await journal.flush();
    expect(segments).to.deep.equal([]);
    isAway = false;
    journal.take(operatorId, line('c2'));
    await journal.close();
    expect(segments.flatMap(({ lines }) => lines).length).to.equal(2);
  });

  it('counts what has no room, and says so with the next segment', async () => {
    let isAway = true;
    const { journal, segments, lost } = open(async () => {
      if (isAway) throw new Error('away');
    });
    for (let n = 0; n < MOST_WAITING + 7; n += 1) journal.take(operatorId, line(`c${n}`));
    await journal.flush();
    isAway = false;
    await journal.close();
    expect(segments.reduce((sum, { lines }) => sum + lines.length, 0)).to.equal(MOST_WAITING);
    expect(segments.reduce((sum, { dropped }) => sum + dropped, 0)).to.equal(7);
    expect(lost).to.deep.equal({ line: 7 });
  });

  it('says what was left out even if nothing was kept', async () => {
    const { journal, segments } = open();
    journal.miss(operatorId);
    await journal.close();
    expect(segments.map(({ lines, dropped }) => [lines.length, dropped])).to.deep.equal([[0, 1]]);
  });

  it('masks bodies, cuts long ones and marks them', async () => {
    const { journal, segments } = open();
    const long = JSON.stringify({ text: 'x'.repeat(LARGEST_BODY) });
    journal.take(operatorId, line('c1'), { request: { json: '{"token":"abc-secret"}' }, answer: { json: long } }, 100);
    await journal.close();
    const [bodies] = Object.values(segments[0]!.bodies);
    expect(bodies).to.deep.equal({ request: '{"token":"***"}', answer: long.slice(0, LARGEST_BODY), cut: true });
    expect(JSON.parse(segments[0]!.lines[0]!).bodies).to.equal('kept');
  });
});
