import { expect } from 'chai';
import fc from 'fast-check';
import { emptyJournal, gapsOf, hearEvent, isComplete, type TransactionEventFacts, type TransactionJournal } from './journal2x.js';
import { type Book16, hearStart, hearStop } from './journal16.js';

const time = (minute: number) => new Date(Date.UTC(2026, 0, 15, 10, minute)).toISOString();
const event = (seqNo: number, eventType: TransactionEventFacts['eventType'] = 'Updated', offline = false): TransactionEventFacts => ({
  seqNo,
  eventType,
  offline,
  timestamp: time(seqNo),
  digest: `${eventType}${seqNo}`,
});

describe('the journal of a transaction of 2.x', () => {
  const all = [event(0, 'Started'), event(1), event(2), event(3), event(4, 'Ended')];

  it('is whole in the end, in whatever order and however often events come', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...all, ...all], { minLength: 10 }), (events) => {
        const journal = events.reduce<TransactionJournal>((before, next) => hearEvent(before, next).journal, emptyJournal);
        expect(isComplete(journal)).to.equal(true);
        expect(journal.state).to.equal('ended');
        expect(journal.events.size).to.equal(5);
        expect(journal.latestMs).to.equal(Date.parse(time(4)));
      }),
      { seed: 2, numRuns: 100 },
    );
  });

  it('tells a repeat from other content under the same number', () => {
    const { journal } = hearEvent(emptyJournal, event(0, 'Started'));
    expect(hearEvent(journal, event(0, 'Started')).news).to.equal('repeat');
    expect(hearEvent(journal, { ...event(0, 'Started'), digest: 'other' }).news).to.equal('conflict');
  });

  it('does not reopen after the end, and finds the gap', () => {
    let journal: TransactionJournal = emptyJournal;
    for (const next of [event(0, 'Started'), event(4, 'Ended')]) ({ journal } = hearEvent(journal, next));
    expect(gapsOf(journal)).to.deep.equal([[1, 3]]);
    const late = hearEvent(journal, event(2));
    expect(late).to.include({ news: 'new', live: false, afterEnd: true });
    expect(late.journal.state).to.equal('ended');
    expect(gapsOf(late.journal)).to.deep.equal([
      [1, 1],
      [3, 3],
    ]);
  });

  it('lets only the newest event of a connected station change what is so now', () => {
    const started = hearEvent(emptyJournal, event(0, 'Started'));
    expect(started.live).to.equal(true);
    expect(hearEvent(started.journal, event(1, 'Updated', true)).live).to.equal(false);
    const third = hearEvent(started.journal, event(3));
    expect(hearEvent(third.journal, event(2)).live).to.equal(false);
  });

  it('finds no gap in a counter that does not begin at 0', () => {
    let journal: TransactionJournal = emptyJournal;
    for (const next of [event(17, 'Started'), event(18), event(19, 'Ended')]) ({ journal } = hearEvent(journal, next));
    expect(isComplete(journal)).to.equal(true);
  });
});

describe('the book of a station of 1.6', () => {
  const start = { connectorId: 1, idTag: 'tag', meterStart: 100, timestamp: '2026-01-15T10:00:00Z' };
  const stop = { transactionId: 1, meterStop: 5_100, timestamp: '2026-01-15T11:00:00Z' };
  const begun = hearStart(new Map(), 'CP1', start, 1);

  it('gives a repeated start its transaction again', () => {
    const again = hearStart(begun.book, 'CP1', { ...start, idTag: 'TAG', timestamp: '2026-01-15T11:00:00+01:00' }, 2);
    expect(again).to.include({ repeat: true, transaction: begun.transaction });
    expect(hearStart(begun.book, 'CP1', { ...start, meterStart: 101 }, 2).transaction.transactionId).to.equal(2);
    expect(() => hearStart(begun.book, 'CP1', { ...start, meterStart: 101 }, 0)).to.throw(RangeError);
  });

  it('ends a transaction once', () => {
    const ended = hearStop(begun.book, stop);
    if (ended.kind !== 'ends') throw new Error(ended.kind);
    expect(ended.late).to.equal(false);
    expect(hearStop(ended.book, stop).kind).to.equal('repeat');
    expect(hearStop(ended.book, { ...stop, meterStop: 9 }).kind).to.equal('conflict');
  });

  it('knows a late stop, and one of no transaction', () => {
    const next = hearStart(begun.book, 'CP1', { ...start, timestamp: '2026-01-15T12:00:00Z' }, 2);
    expect(hearStop(next.book, stop)).to.include({ kind: 'ends', late: true });
    const empty: Book16 = new Map();
    for (const transactionId of [-1, 0, 99]) expect(hearStop(empty, { ...stop, transactionId }).kind).to.equal('unknown');
  });
});
