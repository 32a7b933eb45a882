import { closed, type Schema } from '@evroam/ocpi';
import { type RequestHandler, Router } from 'express';

/** What a route is, for its readers: the same schema that the route checks its body with. */
export interface Described {
  /** One sentence. */
  about: string;
  body?: Schema;
  /** Name and meaning of each parameter of the query. */
  query?: Readonly<Record<string, string>>;
  /** The status of a success; 200 if not said. */
  status?: 200 | 201 | 202 | 204;
  /** The answer is a page: items, and the cursor of the next one. */
  paged?: true;
}

export interface DescribedRoute extends Described {
  method: 'get' | 'post' | 'put' | 'delete';
  path: string;
}

/** The names that stand in a path after a colon. */
type NamesIn<P extends string> = P extends `${string}:${infer Name}/${infer Rest}`
  ? Name | NamesIn<`/${Rest}`>
  : P extends `${string}:${infer Name}`
    ? Name
    : never;

type Add = <P extends string>(path: P, described: Described, handler: RequestHandler<Record<NamesIn<P>, string>>) => void;

/** A router whose routes are described where they are added: the document of the API is made from them. */
export interface DescribedRouter {
  router: Router;
  routes: readonly DescribedRoute[];
  get: Add;
  post: Add;
  put: Add;
  delete: Add;
  /** The routes of another one, as if they were added here. */
  take(other: DescribedRouter): void;
}

export function describedRouter(): DescribedRouter {
  const router = Router();
  const routes: DescribedRoute[] = [];
  const add =
    (method: DescribedRoute['method']): Add =>
    (path, described, handler) => {
      routes.push({ method, path, ...described });
      router[method]<string>(path, handler as RequestHandler);
    };
  return {
    router,
    routes,
    get: add('get'),
    post: add('post'),
    put: add('put'),
    delete: add('delete'),
    take(other) {
      routes.push(...other.routes);
      router.use(other.router);
    },
  };
}

const PAGE_QUERY = { limit: 'items of a page, 1 to 500; 100 if not said', after: 'the cursor that the page before gave as `next`' };

/** The OpenAPI 3.1 document of described routes. */
export function openApiOf(routes: readonly DescribedRoute[], { title, server }: { title: string; server: string }) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: { title, version: '1' },
    servers: [{ url: server }],
    security: [{ key: [] }],
    paths,
    components: {
      securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'An API key of the operator.' } },
      schemas: { Problem: PROBLEM },
      responses: {
        Problem: {
          description: 'What went wrong (RFC 9457).',
          content: { 'application/problem+json': { schema: ref('schemas/Problem') } },
        },
      },
    },
  };
}

const ref = (name: string) => ({ $ref: `#/components/${name}` });

const PROBLEM = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'error'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    error: {
      type: 'object',
      required: ['code', 'message'],
      properties: {
        code: { type: 'string', description: 'Stable, for programs.' },
        message: { type: 'string' },
        where: { type: 'string', description: 'Where in the request, such as body/parties/0/role.' },
        next: { type: 'string', description: 'What to do next.' },
      },
    },
  },
};

function operation({ method, path, about, body, query = {}, status = 200, paged }: DescribedRoute) {
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
  const inQuery = Object.entries(paged ? { ...query, ...PAGE_QUERY } : query).map(([name, description]) => ({
    ...{ name, in: 'query', description, schema: { type: name === 'limit' ? 'integer' : 'string' } },
  }));
  const page = {
    type: 'object',
    required: ['items'],
    properties: { items: { type: 'array', items: { type: 'object' } }, next: { type: 'string' } },
  };
  const content = { content: { 'application/json': { schema: paged ? page : { type: 'object' } } } };
  return {
    operationId: `${method}${path.replace(/[/:](\w)/g, (_, letter: string) => letter.toUpperCase()).replace(/\W/g, '')}`,
    summary: about,
    parameters: [...inPath, ...inQuery],
    ...(body ? { requestBody: { required: true, content: { 'application/json': { schema: closed(body) } } } } : {}),
    responses: {
      [status]: { description: 'Done.', ...(status === 204 ? {} : content) },
      default: ref('responses/Problem'),
    },
  };
}
