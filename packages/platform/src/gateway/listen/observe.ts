import type { Observer } from '@evroam/ocpp-core';
import type { Logger } from '../../edges/log.js';

interface Ears {
  /** Every text of the wire, as it stood there. */
  frame(way: 'in' | 'out', text: string): void;
  /** Why a message could not be handled. */
  failed(error: unknown): void;
}

/** Writes down what a person has to know of a connection. */
export function observer(log: Logger, stationId: string, { frame, failed }: Ears): Observer {
  return (seen) => {
    switch (seen.kind) {
      case 'heard':
        frame('in', seen.text);
        break;
      case 'said':
        frame('out', seen.text);
        break;
      case 'handlerFailed':
        log.error(
          { stationId, action: seen.action, messageId: seen.messageId, err: seen.error },
          'a message of a station could not be handled',
        );
        failed(seen.error);
        break;
      case 'unreadable':
        log.warn({ stationId, code: seen.error.code, reason: seen.error.message }, 'a station sent what is no message');
        break;
      case 'refused':
        log.warn(
          { stationId, action: seen.action, messageId: seen.messageId, code: seen.error.code, reason: seen.error.message },
          'a message of a station was refused',
        );
        break;
      case 'badAnswer':
        log.warn(
          { stationId, action: seen.action, code: seen.error.code, reason: seen.error.message },
          'a station answered what its standard does not allow',
        );
        break;
      case 'quirk':
        log.info(
          { stationId, action: seen.action, rule: seen.rule, violation: seen.violation },
          'a known deviation of a station was mended',
        );
        break;
      case 'strayAnswer':
        log.warn({ stationId, messageId: seen.messageId }, 'a station answered late or unasked');
        break;
    }
  };
}
