import { expect } from 'chai';
import type { RequestHandler, Router } from 'express';
import { openApiOf } from '../edges/admin-api.js';
import { type RoutesNeeds, routes } from './routes.js';

/** Every route that a request can reach, whoever added it. */
function reachable(router: Router): string[] {
  return router.stack.flatMap(({ route, handle }) => {
    if (route) return route.stack.map(({ method }) => `${method} ${route.path}`);
    return 'stack' in handle ? reachable(handle as RequestHandler as Router) : [];
  });
}

describe('the document of the roaming routes', () => {
  // Nothing is called: what is looked at is which routes there are.
  const api = routes({ tcec: {} } as RoutesNeeds);
  const document = openApiOf(api.routes, { title: 'test', server: '/api/v1' });
  const paths: Record<
    string,
    Record<string, { operationId: string; parameters: { name: string; in: string }[]; responses: object }>
  > = document.paths as never;

  it('has every route, and no other', () => {
    const told = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
    );
    expect(told.toSorted()).to.deep.equal(reachable(api.router).toSorted());
    expect(told).to.include('get /trace/:id').and.to.include('post /agreements').and.to.include('post /partners/tcec');
  });

  it('names each operation once, with the parameters of its path, a success and what may go wrong', () => {
    const all = Object.entries(paths).flatMap(([path, methods]) => Object.values(methods).map((one) => ({ path, ...one })));
    expect(new Set(all.map(({ operationId }) => operationId)).size).to.equal(all.length);
    for (const { path, operationId, parameters, responses } of all) {
      const inPath = parameters.filter((one) => one.in === 'path').map(({ name }) => name);
      expect(inPath, path).to.deep.equal([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
      expect(operationId).to.match(/^[a-zA-Z]+$/);
      expect(
        Object.keys(responses).filter((status) => /^2\d\d$/.test(status)),
        operationId,
      ).to.have.length(1);
      expect(responses).to.have.property('default');
    }
  });

  it('leads from every reference to something', () => {
    for (const [, name] of JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const found = name!.split('/').reduce((at: unknown, part) => (at as Record<string, unknown> | undefined)?.[part], document);
      expect(found, name).to.be.an('object');
    }
  });
});
