import { expect } from 'chai';
import type { OperatorId, PartnerId } from '../../kernel/ids.js';
import { refuse } from '../../kernel/refusal.js';
import type { Location } from '../../model/location.js';
import type { PartyId } from '../../model/party.js';
import type { Message, Reply } from '../message.js';
import { createFanOut, type Receiver } from './fan-out.js';

const operatorId = 'op' as OperatorId;
const changedAt = new Date('2026-03-02T10:00:00Z');
const receiver = (name: string, offlineSince: Date | null = null): Receiver => ({
  party: `NL-${name}` as PartyId,
  partnerId: name as PartnerId,
  offlineSince,
});
const message = (to: PartyId): Message<'location'> => ({
  ...{ kind: 'location', operatorId, from: 'DE-CPO' as PartyId, to, correlation: 'c', typed: () => ({}) as Location },
});

/** Partners whose answers the test gives when it likes; what was marked and lost is written down. */
function network(answers: Record<string, Promise<Reply>>) {
  const sent: string[] = [];
  const marked: string[] = [];
  const lost: string[] = [];
  const { tellAll } = createFanOut({
    patienceMs: 20,
    store: { markMissed: async (_, id) => void marked.push(id) },
    route: async ({ to }) => {
      sent.push(to);
      return (await answers[to.slice(3)]) ?? { accepted: true };
    },
    missed: async (_, party) => void lost.push(party),
    failed: (error) => {
      throw error;
    },
  });
  const tell = (...receivers: Receiver[]) => tellAll(receivers, { operatorId, changedAt }, message);
  return { tell, sent, marked, lost };
}

describe('what many are told at once', () => {
  it('is not sent to one that is away, which is marked to have missed it', async () => {
    const { tell, sent, marked } = network({});
    expect(await tell(receiver('AAA'), receiver('BBB', changedAt))).to.deep.equal([{ party: 'NL-BBB', reason: 'notConnected' }]);
    expect({ sent, marked }).to.deep.equal({ sent: ['NL-AAA'], marked: ['BBB'] });
  });

  it('does not wait for one that is slow, and tells it more only when it has answered', async () => {
    let answer: (reply: Reply) => void = () => undefined;
    const slow = new Promise<Reply>((resolve) => {
      answer = resolve;
    });
    const { tell, sent, marked, lost } = network({ BBB: slow });
    expect(await tell(receiver('AAA'), receiver('BBB'))).to.deep.equal([{ party: 'NL-BBB', reason: 'timeout' }]);
    expect(await tell(receiver('AAA'), receiver('BBB'))).to.deep.equal([{ party: 'NL-BBB', reason: 'notConnected' }]);
    expect({ sent, marked, lost }).to.deep.equal({ sent: ['NL-AAA', 'NL-BBB', 'NL-AAA'], marked: ['BBB', 'BBB'], lost: [] });
    answer({ accepted: true });
    await slow;
    await new Promise((resolve) => setImmediate(resolve));
    expect(await tell(receiver('BBB'))).to.deep.equal([]);
  });

  it('counts one as away whose answer never came, soon or late, and not one that refused', async () => {
    let answer: (reply: Reply) => void = () => undefined;
    const late = new Promise<Reply>((resolve) => {
      answer = resolve;
    });
    const { tell, lost } = network({
      AAA: Promise.resolve(refuse('notConnected')),
      BBB: late,
      CCC: Promise.resolve(refuse('refusedByReceiver')),
    });
    const told = await tell(receiver('AAA'), receiver('BBB'), receiver('CCC'));
    expect(told.map(({ reason }) => reason)).to.deep.equal(['notConnected', 'timeout', 'refusedByReceiver']);
    expect(lost).to.deep.equal(['NL-AAA']);
    answer(refuse('timeout'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(lost).to.deep.equal(['NL-AAA', 'NL-BBB']);
  });
});
