// OpenAPI 3.1 documents, made from the definitions: what is served and what is described cannot differ.
import type { Interface, Module, Route } from './module.js';
import { modulesOf, type OcpiVersion, objectsOf } from './registry.js';
import type { Schema, Shape } from './schema.js';

/** A JSON object. */
export type Json = { readonly [name: string]: unknown };

/** What a document is for. */
export interface OpenApiOptions {
  readonly title?: string;
  /** Where the interfaces stand, such as https://hub.example/ocpi. */
  readonly server?: string;
  /** Instead of the version's own modules: some of them, or modules of your own. */
  readonly modules?: readonly Module[];
}

/** The OpenAPI document of a version: every interface of every module, with its objects as components. */
export function openApi(version: OcpiVersion, options: OpenApiOptions = {}): Json {
  const modules = options.modules ?? [...modulesOf(version).values()];
  const names = new Map([...objectsOf(version)].map(([name, schema]) => [schema.properties, name]));
  const faces = modules.flatMap(({ sender, receiver }) => [sender, receiver]);
  const paths: Record<string, Record<string, unknown>> = {};
  for (const face of faces)
    for (const [name, route] of Object.entries(face.routes)) {
      const path = pathOf(version, face, route);
      const said = (paths[path] ?? {}) as Record<string, unknown>;
      paths[path] = { ...said, [route.method.toLowerCase()]: operation(face, name, route, names) };
    }
  return {
    openapi: '3.1.0',
    info: { title: options.title ?? `OCPI ${version}`, version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    ...(options.server === undefined ? {} : { servers: [{ url: options.server }] }),
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: {
        token: { type: 'apiKey', in: 'header', name: 'Authorization', description: 'Token, a blank, and the credentials token in base64' },
      },
      schemas: {
        ...Object.fromEntries([...objectsOf(version)].map(([name, schema]) => [name, plain(schema, names, true)])),
        Envelope: envelope(),
      },
    },
  };
}

type Names = ReadonlyMap<unknown, string>;

const base = (version: string): string => version.split('-')[0] ?? version;

function pathOf(version: string, { module, role }: Interface, route: Route): string {
  const number = base(version);
  const at =
    module === 'versions'
      ? '/versions'
      : module === 'version_details'
        ? `/${number}`
        : number === '2.1.1' || module === 'credentials'
          ? `/${number}/${module}`
          : `/${number}/${role.toLowerCase()}/${module}`;
  return at + route.path.replace(/:(\w+)/g, '{$1}');
}

function operation(face: Interface, name: string, route: Route, names: Names): Json {
  const { body, data, query, bodyOptional } = route.says;
  const item = data && plain(data, names);
  return {
    operationId: `${face.module}_${face.role.toLowerCase()}_${name}`,
    tags: [face.module],
    parameters: [
      ...pathParameters(route),
      ...queryParameters(query, names),
      ...(route.paged ? pageParameters : []),
      ...headerParameters(face),
    ],
    ...(body ? { requestBody: { required: bodyOptional !== true, content: json(plain(body, names)) } } : {}),
    responses: {
      200: {
        description: 'OCPI status code 1000, or a failure in an HTTP success',
        ...(route.paged ? { headers: pageHeaders } : {}),
        content: json(envelope(route.paged ? { type: 'array', items: item } : item)),
      },
      ...(route.method === 'PUT' || (route.method === 'POST' && !data)
        ? { 201: { description: 'created', content: json(envelope()) } }
        : {}),
      400: { description: 'the body is not JSON', content: json(envelope()) },
      401: { description: 'missing or unknown token', content: json(envelope()) },
      404: { description: 'no such object', content: json(envelope()) },
    },
  };
}

const json = (schema: Json): Json => ({ 'application/json': { schema } });
const text = { type: 'string' };

function envelope(data?: Json): Json {
  const properties = {
    ...(data ? { data } : {}),
    status_code: { type: 'integer' },
    status_message: text,
    timestamp: { type: 'string', format: 'date-time' },
  };
  return { type: 'object', required: ['status_code', 'timestamp'], properties };
}

const pathParameters = (route: Route): Json[] =>
  [...route.path.matchAll(/:(\w+)/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: text }));

function queryParameters(query: Shape | undefined, names: Names): Json[] {
  return Object.entries(query ?? {}).map(([name, schema]) => ({ name, in: 'query', schema: plain(schema, names) }));
}

const pageParameters: readonly Json[] = [
  { name: 'date_from', in: 'query', schema: { type: 'string', format: 'date-time' } },
  { name: 'date_to', in: 'query', schema: { type: 'string', format: 'date-time' } },
  { name: 'offset', in: 'query', schema: { type: 'integer', minimum: 0, default: 0 } },
  { name: 'limit', in: 'query', schema: { type: 'integer', minimum: 1 } },
];
const pageHeaders: Json = {
  Link: { schema: text },
  'X-Total-Count': { schema: { type: 'integer' } },
  'X-Limit': { schema: { type: 'integer' } },
};
const ids = ['X-Request-ID', 'X-Correlation-ID'];
const routing = ['OCPI-to-country-code', 'OCPI-to-party-id', 'OCPI-from-country-code', 'OCPI-from-party-id'];
const headerParameters = ({ routed }: Interface): Json[] =>
  [...ids, ...(routed ? routing : [])].map((name) => ({ name, in: 'header', schema: text }));

/** A schema in the words of OpenAPI: named objects by reference, our formats as the nearest that others know. */
function plain(schema: Schema, names: Names, isOwn = false): Json {
  const name = names.get(schema.properties);
  // A PATCH has the same fields as the object but not its required ones.
  const isPatch = Array.isArray(schema.required) && schema.required.length === 1 && schema.required[0] === 'last_updated';
  if (name !== undefined && !isOwn && !isPatch && schema.required !== undefined) return { $ref: `#/components/schemas/${name}` };
  const { format, known, properties, items, ...rest } = schema;
  return {
    ...rest,
    ...(known === undefined ? {} : { examples: known }),
    ...(format === 'ocpi-date-time' ? { format: 'date-time' } : {}),
    ...(format === 'uri' ? { format: 'uri-reference' } : {}),
    ...(properties
      ? { properties: Object.fromEntries(Object.entries(properties).map(([field, value]) => [field, plain(value as Schema, names)])) }
      : {}),
    ...(items ? { items: plain(items as Schema, names) } : {}),
  };
}
