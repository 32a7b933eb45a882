import type { PartnerStatus } from './partner.js';

export type ConnectionStatus = 'CONNECTED' | 'OFFLINE' | 'PLANNED' | 'SUSPENDED';

/** The state of a party as others are told it. One that is revoked is suspended for ever: nothing is deleted. OCPI 2.2.1, 15.4.2 */
export function connectionStatus({ status, offlineSince }: { status: PartnerStatus | null; offlineSince: Date | null }): ConnectionStatus {
  switch (status) {
    case null:
      return 'CONNECTED';
    case 'invited':
      return 'PLANNED';
    case 'registered':
      return offlineSince === null ? 'CONNECTED' : 'OFFLINE';
    case 'suspended':
    case 'revoked':
      return 'SUSPENDED';
  }
}
