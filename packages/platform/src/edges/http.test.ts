import { once } from 'node:events';
import { request as httpRequest, type ServerResponse } from 'node:http';
import { expect } from 'chai';
import { Router } from 'express';
import { ApiError, createAdminApp } from './admin-app.js';
import { createProbes, type HttpServer, startHttp } from './http.js';
import { createLog } from './log.js';
import { createMetrics } from './metrics.js';

describe('the HTTP edge', () => {
  let http: HttpServer;
  let logged = '';
  const log = createLog({
    level: 'info',
    to: {
      write: (line) => {
        logged += line;
      },
    },
  });
  const url = (path: string) => `http://127.0.0.1:${http.port}${path}`;
  const serve = async (handle: Parameters<typeof startHttp>[0]['handle']) => {
    http = await startHttp({ host: '127.0.0.1', port: 0, handle });
  };
  beforeEach(() => {
    logged = '';
  });
  afterEach(() => http.close(100));

  describe('probes', () => {
    let broken = false;
    const metrics = createMetrics();
    beforeEach(() => {
      broken = false;
      const probes = createProbes({
        checks: {
          database: async () => {
            if (broken) throw new Error('secret inside');
          },
          redis: async () => undefined,
        },
        registry: metrics.registry,
        refresh: async () => metrics.outboxLag([{ consumer: 'push', dueKeys: 3, parkedKeys: 1, oldestDueMs: 1500 }]),
      });
      return serve((request, response) => {
        if (!probes(request, response)) response.writeHead(404).end();
      });
    });

    it('say that the process lives, whatever else is broken', async () => {
      broken = true;
      expect((await fetch(url('/healthz'))).status).to.equal(200);
    });

    it('say which part is not ready, and nothing of why', async () => {
      expect((await fetch(url('/readyz'))).status).to.equal(200);
      broken = true;
      const answer = await fetch(url('/readyz'));
      expect(answer.status).to.equal(503);
      expect(await answer.json()).to.deep.equal({ status: 'unavailable', checks: { database: 'failed', redis: 'ok' } });
    });

    it('give metrics that were brought up to date', async () => {
      metrics.outbox({ kind: 'handled', consumer: 'push', count: 2 });
      const text = await (await fetch(url('/metrics'))).text();
      expect(text).to.match(/evroam_outbox_due_keys\{consumer="push"\} 3/);
      expect(text).to.match(/evroam_outbox_oldest_due_seconds\{consumer="push"\} 1\.5/);
      expect(text).to.match(/evroam_outbox_handled_total\{consumer="push"\} 2/);
    });

    it('leave other paths and methods to others', async () => {
      expect((await fetch(url('/healthz'), { method: 'POST' })).status).to.equal(404);
      expect((await fetch(url('/'))).status).to.equal(404);
    });
  });

  describe('the server', () => {
    it('lets a running request end when it closes, and takes no new one', async () => {
      let held: ServerResponse | undefined;
      await serve((_, response) => {
        held = response;
      });
      const call = httpRequest(url('/'));
      call.end();
      await once(http.server, 'request');
      const closed = http.close(5000);
      held!.end('done');
      const [response] = await once(call, 'response');
      expect(response.headers.connection).to.equal('close');
      response.resume();
      await closed;
      const refused = await fetch(url('/')).catch((error: Error) => error);
      expect(refused).to.be.instanceOf(Error);
    });

    it('cuts what is still running at the deadline', async () => {
      await serve(() => undefined);
      const call = httpRequest(url('/'));
      const failed = once(call, 'error');
      call.end();
      await once(http.server, 'request');
      await http.close(20);
      await failed;
    });

    it('says what to do when the port is taken', async () => {
      await serve(() => undefined);
      const error = await startHttp({ host: '127.0.0.1', port: http.port, handle: () => undefined }).catch((caught: Error) => caught);
      expect((error as Error).message).to.match(/is taken by another program/);
    });
  });

  describe('the admin application', () => {
    const answered: string[] = [];
    beforeEach(() => {
      const router = Router();
      router.post('/echo/:id', (request, response) => void response.json(request.body));
      router.get('/refused', () => {
        throw new ApiError(409, 'period_closed', 'The period is closed.', { where: 'period', next: 'Post into the open period.' });
      });
      router.get('/broken', async () => {
        throw new Error('inside: postgres://a:secret@db');
      });
      const app = createAdminApp({
        log,
        routers: [['/api', router]],
        perMinute: 50,
        answered: (route, method, status) => void answered.push(`${method} ${route} ${status}`),
      });
      return serve(app);
    });
    const post = (body: string) => fetch(url('/api/echo/7'), { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });

    it('answers a thrown ApiError in the one shape of errors', async () => {
      const answer = await fetch(url('/api/refused'));
      expect(answer.status).to.equal(409);
      expect(answer.headers.get('content-type')).to.match(/^application\/problem\+json/);
      expect(await answer.json()).to.deep.equal({
        ...{ type: 'urn:evroam:problem:period_closed', title: 'Conflict', status: 409, detail: 'The period is closed.' },
        error: { code: 'period_closed', message: 'The period is closed.', where: 'period', next: 'Post into the open period.' },
      });
      expect(logged).to.equal('');
    });

    it('tells nothing of the inside when it breaks, and logs it once under the id that it gave', async () => {
      const answer = await fetch(url('/api/broken'), { headers: { 'X-Correlation-ID': 'abc-1' } });
      expect(answer.status).to.equal(500);
      expect(answer.headers.get('x-correlation-id')).to.equal('abc-1');
      const text = await answer.text();
      expect(text).to.not.include('inside');
      expect(text).to.include('abc-1');
      expect(logged.split('\n')).to.have.length(2);
      expect(JSON.parse(logged)).to.include({ correlation: 'abc-1', level: 'error' });
      expect(logged).to.not.include('secret');
    });

    it('does not take a correlation id that could break a log line', async () => {
      const answer = await fetch(url('/api/refused'), { headers: { 'X-Correlation-ID': 'a b"c' } });
      expect(answer.headers.get('x-correlation-id')).to.match(/^[0-9a-f-]{36}$/);
    });

    it('refuses what is no JSON, what is too large, and paths that are none', async () => {
      expect(await (await post('{"a":1}')).json()).to.deep.equal({ a: 1 });
      expect(await (await post('{')).json()).to.have.nested.property('error.code', 'not_json');
      expect((await post(JSON.stringify('x'.repeat(1024 * 1024)))).status).to.equal(413);
      expect(await (await fetch(url('/none'))).json()).to.have.nested.property('error.code', 'no_such_path');
      expect(answered).to.include('POST /api/echo/:id 200');
    });

    it('sets safe headers and names no software', async () => {
      const { headers } = await fetch(url('/api/refused'));
      expect(headers.get('x-powered-by')).to.equal(null);
      expect(headers.get('x-content-type-options')).to.equal('nosniff');
    });

    it('turns away who asks too often', async () => {
      const answers = await Promise.all(Array.from({ length: 60 }, () => fetch(url('/api/refused'))));
      expect(answers.filter(({ status }) => status === 429)).to.have.length(10);
    });
  });
});
