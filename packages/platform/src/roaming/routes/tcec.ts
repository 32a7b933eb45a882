import { type Infer, object, oneOf, optional, some, text, url } from '@evroam/ocpi';
import { type DescribedRouter, describedRouter } from '../../edges/admin-api.js';
import { bodyOf, found, partyIn, refused } from '../../edges/admin-request.js';
import type { OperatorId, PartnerId } from '../../kernel/ids.js';
import type { Joining } from '../links/tcec102/joining.js';
import type { OrderCheck } from '../tcec.js';

export interface TcecRoutesNeeds extends Omit<Joining, 'ping'> {
  /** Where such partners call us. */
  url: string;
  checkNow(operatorId: OperatorId, partnerId: PartnerId, day: string): Promise<OrderCheck | undefined>;
  checks(operatorId: OperatorId, partnerId: PartnerId): Promise<OrderCheck[]>;
}

const Party = object({ party: text(6), role: oneOf('cpo', 'emsp'), name: optional(text(100)) });
const NewPartner = object({
  name: text(100),
  parties: some(Party),
  /** Operator ids (组织机构代码): the partner's own, and ours as it knows us. */
  theirId: text(9),
  ourId: text(9),
  dialect: optional(text(20)),
});
const Given = object({ url, operatorSecret: text(200), sigSecret: text(200), dataSecret: text(16), dataSecretIV: text(16) });

/** A day in China. */
const CheckInput = object({ day: text(10) });

/** Partners that speak T/CEC 102: keys are exchanged by people, so there are two steps and no handshake. */
export function tcecRoutes(tcec: TcecRoutesNeeds): DescribedRouter {
  const api = describedRouter();

  api.post(
    '/partners/tcec',
    { about: 'Makes a partner of T/CEC 102 and the keys with which it calls us. They are shown once.', body: NewPartner, status: 201 },
    async (request, response) => {
      const { parties, ...rest }: Infer<typeof NewPartner> = bodyOf(NewPartner, request);
      const made = await tcec.invite(response.locals.operatorId, {
        ...rest,
        parties: parties.map((one) => ({ ...one, party: partyIn(one.party) })),
      });
      if (!made.accepted) throw refused(made);
      response.status(201).json({ id: made.partnerId, url: tcec.url, keys: made.keys });
    },
  );

  /** Sent again, they are renewed. */
  api.put(
    '/partners/:id/tcec',
    { about: 'Takes the keys that the partner gave us, tries them, and connects.', body: Given },
    async (request, response) => {
      const id = request.params.id as PartnerId;
      const joined = await tcec.join(response.locals.operatorId, id, bodyOf(Given, request));
      if (!joined.accepted) throw refused(joined);
      response.json({ id, status: joined.status });
    },
  );

  api.post(
    '/partners/:id/tcec/keys',
    { about: 'New keys for the partner; the ones before end at once.', status: 201 },
    async (request, response) => {
      const id = request.params.id as PartnerId;
      const rotated = await tcec.rotate(response.locals.operatorId, id);
      if (!rotated.accepted) throw refused(rotated);
      response.status(201).json({ id, url: tcec.url, keys: rotated.keys });
    },
  );

  api.get(
    '/partners/:id/checks',
    { about: 'What came of comparing the orders of each day, from both sides.' },
    async (request, response) => {
      response.json({ items: await tcec.checks(response.locals.operatorId, request.params.id as PartnerId) });
    },
  );

  api.post('/partners/:id/checks', { about: 'Compares the orders of a day now.', body: CheckInput }, async (request, response) => {
    const { day } = bodyOf(CheckInput, request);
    const id = request.params.id as PartnerId;
    response.json(found(await tcec.checkNow(response.locals.operatorId, id, day), `connected T/CEC partner ${id} with drivers`));
  });

  return api;
}
