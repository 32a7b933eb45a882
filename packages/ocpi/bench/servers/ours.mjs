// This package: token looked up, routing headers read, body checked, envelope and ids; nothing stored.
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { createHost, serve } from '@evroam/ocpi';
import { toListener } from '@evroam/ocpi/node';
import * as v221 from '@evroam/ocpi/v221';
import { announce } from './announce.mjs';

const key = 'server-key';
const digest = (token) => createHmac('sha256', key).update(token).digest('hex');
const partners = new Map([[digest('bench-token'), { id: 'bench' }]]);
const host = createHost({
  url: 'http://127.0.0.1/ocpi',
  authenticate: (token) => partners.get(digest(token)),
  versions: {
    '2.2.1': [
      serve(v221.cdrs.receiver, { post: async ({ body }) => ({ created: `http://127.0.0.1/ocpi/2.2.1/receiver/cdrs/${body.id}` }) }),
      serve(v221.locations.receiver, { put: async () => 'updated', patchEvse: async () => 'updated' }),
    ],
  },
});
host.warm();
announce(createServer(toListener(host)));
