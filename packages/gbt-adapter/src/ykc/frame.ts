import type { Shape, Struct } from '../layout/struct.js';
import { fields, type InferShape } from '../layout/struct.js';

/** Which end sends a frame. */
export type From = 'pile' | 'platform';
/** The other end. */
export type Peer<F extends From> = F extends 'pile' ? 'platform' : 'pile';

/** A frame type as a value: number, sender, layout, and the frame that answers it. */
export interface Frame<F extends From = From, B = unknown, A = unknown> {
  readonly type: number;
  readonly name: string;
  /** The standard's own name, for documentation. */
  readonly title: string;
  readonly from: F;
  readonly body: Struct<B>;
  /** The frame that answers this one, if any does. */
  readonly answer: A;
  /** Comes by itself as well, all the time: as an answer only the one with the question's sequence counts. */
  readonly isReport: boolean;
  /** The first protocol version that has it. */
  readonly since: '1.5' | '1.6' | '1.7';
}

export type BodyOf<D> = D extends Frame<From, infer B, unknown> ? B : never;
/** The body of a frame's answer; undefined for a frame that none answers. */
export type AnswerOf<D> = D extends Frame<From, unknown, infer A> ? (A extends Frame<From, infer B, unknown> ? B : undefined) : never;

interface Given<F extends From, S extends Shape, A> {
  readonly type: number;
  readonly name: string;
  readonly title: string;
  readonly from: F;
  readonly body: S;
  readonly answer?: A;
  readonly isReport?: true;
  readonly since?: '1.6' | '1.7';
}

/** Defines a frame; its `body` is the list of its fields in the order of the wire. */
export function defineFrame<const F extends From, S extends Shape, A extends Frame | undefined = undefined>(
  given: Given<F, S, A>,
): Frame<F, InferShape<S>, A> {
  const { type, name, title, from, body, answer, isReport = false, since = '1.5' } = given;
  if ((type % 2 === 1) !== (from === 'pile')) throw new TypeError(`${name}: odd types are the pile's, even ones the platform's`);
  return { type, name, title, from, body: fields(body), answer: answer as A, isReport, since };
}

/** 0x3B as it is written everywhere. */
export const hexType = (type: number): string => `0x${type.toString(16).toUpperCase().padStart(2, '0')}`;

/** One row of documentation for each field of a frame, made from its definition. */
export function describeFrame({ body }: Frame): readonly { name: string; size: number; says: string }[] {
  return Object.entries(body.shape).map(([name, { size, says }]) => ({ name, size, says }));
}
