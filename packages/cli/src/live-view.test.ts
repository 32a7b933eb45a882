import { expect } from 'chai';
import { colours, type LiveState, render } from './live-view.js';
import { widthOf } from './output/table.js';

const state: LiveState = {
  now: '2026-01-15 12:00',
  rate: 60,
  places: [{ name: 'OCPP', url: 'ws://127.0.0.1:8180' }],
  stations: [{ id: 'CS-1', status: 'Charging', power: '11.0 kW', energy: '3.4 kWh' }],
  sessions: Array.from({ length: 9 }, (_, index) => ({
    id: `S${index}`,
    parties: 'NL-EVM at DE-EVR',
    place: 'CS-1',
    status: 'ACTIVE',
    energy: '1 kWh',
    cost: '0.42 EUR',
  })),
  partners: [{ party: 'NL-EVM', role: 'EMSP', protocol: 'OCPI 2.2.1', status: 'connected', lastHeard: '12:00' }],
  balances: [{ account: 'Receivable(NL-EVM)', amount: '12.34 EUR' }],
  imbalance: '0.00',
  counts: { sessions: 9, cdrs: 4 },
  events: ['one', 'two\u001b[2J', '充电开始'],
};

describe('the live view', () => {
  it('shows stations, sessions, partners, the ledger and what happens', () => {
    const lines = render(state, 100, 40);
    expect(lines.join('\n'))
      .to.include('evroam · 2026-01-15 12:00 · 60 x')
      .and.to.include('CS-1')
      .and.to.include('Receivable(NL-EVM)')
      .and.to.include('9 sessions · 4 cdrs');
    expect(lines.join('\n')).to.include('the ledger balances: 0').and.to.include('… 4 more').and.to.include('充电开始');
    expect(lines.at(-1)).to.equal('Ctrl-C stops everything');
  });

  it('fits every terminal and lets no escape sequence of others through', () => {
    for (const [width, height] of [
      [40, 12],
      [80, 24],
      [200, 60],
    ] as const) {
      const lines = render(state, width, height);
      expect(lines.length).to.be.at.most(height);
      expect(Math.max(...lines.map(widthOf))).to.be.at.most(width);
      expect(lines.join('')).not.to.include('\u001b');
    }
  });

  it('raises an alarm when the ledger does not balance', () => {
    expect(render({ ...state, imbalance: '0.01' }, 80, 40, colours).join('\n')).to.include('\u001b[31mTHE LEDGER DOES NOT BALANCE: 0.01');
  });
});
