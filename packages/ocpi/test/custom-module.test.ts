import {
  boolean,
  ciText,
  closed,
  connect,
  createHost,
  dateTime,
  defineModule,
  get,
  getList,
  type Infer,
  object,
  oneOf,
  optional,
  patch,
  patchOf,
  serve,
  text,
  vary,
  violation,
} from '@evroam/ocpi';
import * as v221 from '@evroam/ocpi/v221';
import { expect } from 'chai';

// The module of docs/guides/ocpi-custom-module.md.
const Bay = object({
  country_code: ciText(2),
  party_id: ciText(3),
  id: ciText(36),
  status: oneOf('FREE', 'TAKEN'),
  note: optional(text(100)),
  covered: boolean,
  last_updated: dateTime,
});
type Bay = Infer<typeof Bay>;
const same = { country_code: 'country_code', party_id: 'party_id', bay_id: 'id' } as const;
const bays = defineModule({
  id: 'acme-bays',
  sender: { list: getList('', { data: Bay }), get: get('/:bay_id', { data: Bay, query: { floor: optional(text(5)) } }) },
  receiver: { patch: patch('/:country_code/:party_id/:bay_id', { body: patchOf(Bay), same }) },
});

describe('a module of your own', () => {
  const bay: Bay = { country_code: 'NL', party_id: 'ABC', id: '7', status: 'FREE', covered: true, last_updated: '2026-03-01T10:00:00Z' };
  const heard: unknown[] = [];
  const host = createHost({
    url: 'https://hub.example/ocpi',
    authenticate: (token) => (token === 'T' ? {} : undefined),
    versions: {
      '2.2.1': [
        serve(bays.sender, { list: () => ({ items: [bay], total: 1 }), get: ({ query }) => ({ ...bay, note: `floor ${query.floor}` }) }),
        serve(bays.receiver, {
          patch: ({ params, body }) => {
            heard.push(params.bay_id, body.status);
            return 'updated';
          },
        }),
      ],
    },
  });
  const to = (role: 'SENDER' | 'RECEIVER') => ({ url: host.endpoint('2.2.1', 'acme-bays', role), token: 'T' });

  it('is served, called and listed like those of the standard', async () => {
    const details = await host({ method: 'GET', url: 'https://hub.example/ocpi/2.2.1', headers: { authorization: 'Token T' } });
    expect(JSON.stringify(details.body?.value)).to.include('"identifier":"acme-bays","role":"RECEIVER"');
    expect((await connect(bays.sender, host, to('SENDER')).list()).data).to.deep.equal([bay]);
    expect((await connect(bays.sender, host, to('SENDER')).get({ params: { bay_id: '7' }, query: { floor: '-1' } })).data.note).to.equal(
      'floor -1',
    );
    await connect(bays.receiver, host, to('RECEIVER')).patch({
      params: { country_code: 'NL', party_id: 'ABC', bay_id: '7' },
      body: { status: 'TAKEN', last_updated: '2026-03-01T11:00:00Z' },
    });
    expect(heard).to.deep.equal(['7', 'TAKEN']);
  });

  it('may widen an object of the standard by a field, and drop one', () => {
    const Wider = vary(v221.GeoLocation, { acme_floor: optional(text(5)) }, ['longitude']);
    const wide: Infer<typeof Wider> = { latitude: '52.1', acme_floor: '-1' };
    expect(violation(closed(Wider), wide)).to.equal(undefined);
    expect(violation(closed(Wider), { ...wide, longitude: '5.1' })).to.include({ path: '/longitude' });
    expect(violation(Wider, { acme_floor: '-1' })).to.include({ path: '/latitude', keyword: 'required' });
  });
});
