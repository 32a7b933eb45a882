import type { Version } from '../action.js';
import type { Socket } from '../socket.js';
import * as v16 from '../v16/index.js';
import * as v21 from '../v21/index.js';
import * as v201 from '../v201/index.js';
import { type Speaker, speak } from '../websocket/speak.js';
import type { Body, Voice } from './voice.js';
import { Voice2x, type Words2x } from './voice2x.js';
import { Voice16 } from './voice16.js';

interface SpeakerOptions {
  readonly callTimeoutMs?: number;
  readonly through: (socket: Socket) => Socket;
  readonly opened: (voice: Voice) => void;
}

// What the station says and hears of 2.1 is of the same shape in 2.0.1; each message is checked against its own version all the same.
const words21 = v21 as unknown as Words2x;

/** The speaker of a version; gives the voice of each connection that it opens. */
export function speakerOf(version: Version, body: Body, { callTimeoutMs, through, opened }: SpeakerOptions): Speaker<'station'> {
  const options = { through, ...(callTimeoutMs === undefined ? {} : { limits: { callTimeoutMs } }) };
  switch (version) {
    case '1.6':
      return speak<'station', typeof v16>(v16, ({ endpoint }) => opened(new Voice16(endpoint, body)), options);
    case '2.0.1':
      return speak<'station', Words2x>(v201, ({ endpoint }) => opened(new Voice2x(endpoint, v201, body)), options);
    case '2.1':
      return speak<'station', Words2x>(words21, ({ endpoint }) => opened(new Voice2x(endpoint, words21, body)), options);
  }
}
