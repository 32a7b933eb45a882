// Finds the route of a path, and fills a route's path. Templates are cut once; a request's path is compared segment by segment.
import { OcpiError } from './envelope.js';
import type { Method, Route, Routes } from './module.js';

interface Entry {
  readonly name: string;
  readonly route: Route;
  /** A literal segment, or the name of a parameter. */
  readonly segments: readonly { readonly literal?: string; readonly param?: string }[];
}

/** Routes ready to be searched: those with literal segments come first. */
export type RouteTable = readonly Entry[];

/** A route that was found, with the values of its parameters. */
export interface Found {
  readonly name: string;
  readonly route: Route;
  readonly params: Record<string, string>;
}

/** Prepares an interface's routes. */
export function routeTable(routes: Routes): RouteTable {
  const entries = Object.entries(routes).map(([name, route]): Entry => ({ name, route, segments: cut(route.path).map(toSegment) }));
  return entries.sort((a, b) => literals(b) - literals(a));
}
const toSegment = (part: string) => (part.startsWith(':') ? { param: part.slice(1) } : { literal: part });
const literals = ({ segments }: Entry): number => segments.filter(({ literal }) => literal !== undefined).length;

function cut(path: string): string[] {
  const parts = path.split('/');
  if (parts[0] === '') parts.shift();
  if (parts.at(-1) === '') parts.pop();
  return parts;
}

/** The route for a method and path. Throws 'not-found', 'method-not-allowed', or 'malformed' for broken percent-encoding. */
export function findRoute(table: RouteTable, method: Method, path: string): Found {
  const parts = cut(path);
  let otherMethod = false;
  for (const entry of table) {
    if (!matches(entry, parts)) continue;
    if (entry.route.method === method) return { name: entry.name, route: entry.route, params: readParams(entry, parts) };
    otherMethod = true;
  }
  throw new OcpiError(otherMethod ? 'method-not-allowed' : 'not-found', otherMethod ? undefined : 'no such endpoint');
}

function matches({ segments }: Entry, parts: readonly string[]): boolean {
  if (segments.length !== parts.length) return false;
  for (let at = 0; at < parts.length; at += 1) {
    const literal = segments[at]?.literal;
    if (literal !== undefined && literal !== parts[at]) return false;
  }
  return true;
}

function readParams({ segments }: Entry, parts: readonly string[]): Record<string, string> {
  const params: Record<string, string> = {};
  for (let at = 0; at < parts.length; at += 1) {
    const param = segments[at]?.param;
    if (param !== undefined) params[param] = decoded(parts[at] ?? '');
  }
  return params;
}

function decoded(part: string): string {
  if (!part.includes('%')) return part;
  try {
    return decodeURIComponent(part);
  } catch (cause) {
    throw new OcpiError('malformed', 'the URL is not encoded properly', { cause });
  }
}

const templates = new WeakMap<Route, readonly string[]>();

/** A route's path with its parameters in it. Throws 'invalid' for one that is missing. */
export function filledPath(route: Route, params: Readonly<Record<string, string>> = {}): string {
  const pieces = templates.get(route) ?? route.path.split(/:(\w+)/);
  templates.set(route, pieces);
  let path = pieces[0] ?? '';
  // A literal piece and the name of a parameter in turn.
  for (let at = 1; at < pieces.length; at += 2) path += encodeURIComponent(given(params, pieces[at] ?? '')) + (pieces[at + 1] ?? '');
  return path;
}

function given(params: Readonly<Record<string, string>>, name: string): string {
  const value = params[name];
  if (value === undefined) throw new OcpiError('invalid', `the parameter ${name} is missing`);
  return value;
}
