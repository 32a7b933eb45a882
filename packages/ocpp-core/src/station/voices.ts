import type { Version } from '../action.js';
import * as v16 from '../v16/index.js';
import { type Speaker, speak } from '../websocket/speak.js';
import type { Body, Voice } from './voice.js';
import { Voice16 } from './voice16.js';

/** The speaker of a version; gives the voice of each connection that it opens. */
export function speakerOf(
  version: Version,
  body: Body,
  callTimeoutMs: number | undefined,
  opened: (voice: Voice) => void,
): Speaker<'station'> {
  const options = callTimeoutMs === undefined ? {} : { limits: { callTimeoutMs } };
  switch (version) {
    case '1.6':
      return speak<'station', typeof v16>(v16, ({ endpoint }) => opened(new Voice16(endpoint, body)), options);
    case '2.0.1':
    case '2.1':
      throw new Error(`the simulated station does not speak ${version} yet`);
  }
}
