import type { Infer, Schema } from './schema.js';

/** U: customer operator, owns the users (OCPI eMSP). I: infrastructure operator, owns the piles (OCPI CPO). */
export type Role = 'U' | 'I';

/** One interface as a value: its name in the URL, who calls it, what it takes and gives. */
export interface Interface<Q = unknown, A = unknown> {
  readonly name: string;
  /** Who calls; `either` for what works both ways. */
  readonly from: Role | 'either';
  readonly request: Schema<Q>;
  readonly response: Schema<A>;
  /** Fields of the answer that must say what the question said: an answer to another question is no answer. */
  readonly echoes: readonly string[];
}

export type RequestOf<D> = D extends Interface<infer Q, unknown> ? Q : never;
export type ResponseOf<D> = D extends Interface<unknown, infer A> ? A : never;

export function defineInterface<Q extends Schema, A extends Schema>(given: {
  name: string;
  from: Role | 'either';
  request: Q;
  response: A;
  echoes?: readonly string[];
}): Interface<Infer<Q>, Infer<A>> {
  const { name, from, request, response, echoes = [] } = given;
  return { name, from, request: request as Schema<Infer<Q>>, response: response as Schema<Infer<A>>, echoes };
}
