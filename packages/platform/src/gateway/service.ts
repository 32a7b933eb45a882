import type { Clock } from '../kernel/clock.js';
import type { Emit } from '../kernel/events.js';
import type { NewId, OperatorId, StationId } from '../kernel/ids.js';
import { type Accepted, type Refused, refuse } from '../kernel/refusal.js';
import type { Transact } from '../kernel/transact.js';
import type { CommandAnswer, StationCommand } from '../model/station-command.js';
import { type Command, type KeptCommand, nextStep } from './command.js';
import type { Connections } from './connections.js';
import { consumers } from './events.js';
import type { ChargingPort, StationsPort } from './ports.js';
import { createRevocations } from './service/revocations.js';
import type { GatewayStore } from './store.js';

export interface GatewayNeeds {
  connections: Connections;
  charging: ChargingPort;
  stations: StationsPort;
  store: GatewayStore;
  transact: Transact;
  emit: Emit;
  clock: Clock;
  newId: NewId;
}

export type GatewayService = ReturnType<typeof createService>;

/** After it nobody waits for a station's answer any more. */
const COMMAND_TIMEOUT_MS = 30_000;
/** Where the station's password stands; it is changed by `rotatePassword`, which knows both ends of it. */
const PASSWORDS = new Set(['AUTHORIZATIONKEY', 'BASICAUTHPASSWORD']);
/** Days before its end at which a certificate is warned of, the nearest last. */
const WARNING_DAYS = [30, 7, 1];

export function createService({ connections, charging, stations, store, transact, emit, clock, newId }: GatewayNeeds) {
  const waiting = new Map<string, Set<() => void>>();

  /**
   * Carries a command to its station and tells charging what became of it. It is sent at most once: after a crash in between the
   * outcome is unknown, and the station says the rest.
   */
  async function carry(operatorId: OperatorId, command: Command): Promise<void> {
    const kept = await store.keepCommand(undefined, operatorId, command, clock.now());
    switch (nextStep(kept.state, kept.deadline, clock.now())) {
      case 'tell':
        return tell(operatorId, kept, kept.answer ?? { outcome: 'unknown' });
      case 'giveUp':
        return settle(operatorId, kept, { outcome: 'unknown' });
      case 'send': {
        const link = connections.get(kept.stationId);
        if (!link) return settle(operatorId, kept, { outcome: 'stationOffline' });
        if (!(await store.markSent(operatorId, kept.requestId, clock.now()))) return settle(operatorId, kept, { outcome: 'unknown' });
        return settle(operatorId, kept, await link.ask(kept.command));
      }
    }
  }

  async function settle(operatorId: OperatorId, command: Command, answer: CommandAnswer): Promise<void> {
    if (await store.settle(operatorId, command.requestId, answer, clock.now())) {
      if (command.command.kind === 'inventory') await keepConfiguration(operatorId, command.stationId, answer);
      await tell(operatorId, command, answer);
    }
  }

  async function tell(operatorId: OperatorId, { requestId, command }: Command, { outcome, schedule }: CommandAnswer): Promise<void> {
    await charging.heardOutcome(operatorId, { requestId, kind: command.kind, outcome, ...(schedule ? { schedule } : {}) });
    for (const look of waiting.get(requestId) ?? []) look();
  }

  /** OCPP 1.6 gives its configuration in the answer itself. */
  async function keepConfiguration(operatorId: OperatorId, stationId: StationId, { details }: CommandAnswer): Promise<void> {
    const keys = typeof details === 'object' && details !== null && 'configurationKey' in details ? details.configurationKey : undefined;
    if (Array.isArray(keys)) await store.saveInventory(operatorId, stationId, clock.now(), keys);
  }

  /** Asks a station for something; the answer is found under the id. */
  async function ask(
    operatorId: OperatorId,
    stationId: StationId,
    command: StationCommand,
  ): Promise<Accepted<{ requestId: string }> | Refused<'passwordByRotation'>> {
    if (command.kind === 'setVariable' && PASSWORDS.has(command.name.toUpperCase()))
      return refuse('passwordByRotation', 'a password is changed by POST /stations/{id}/password, so that both ends know it');
    const now = clock.now();
    const requestId = newId();
    const deadline = new Date(now.getTime() + COMMAND_TIMEOUT_MS * clock.rate);
    await transact(async (tx) => {
      await store.keepCommand(tx, operatorId, { requestId, stationId, deadline, command }, now);
      await emit(tx, operatorId, [
        { consumer: consumers.command, key: requestId, body: { requestId, stationId, deadline: deadline.toISOString(), command } },
      ]);
    });
    return { accepted: true, requestId };
  }

  /** The command once it is answered or in doubt; as it is after so many ms of wall time. */
  async function answered(operatorId: OperatorId, requestId: string, withinMs: number): Promise<KeptCommand | undefined> {
    const looks = waiting.get(requestId) ?? new Set();
    waiting.set(requestId, looks);
    const rung = new Promise<void>((resolve) => {
      const look = () => {
        clearTimeout(timer);
        looks.delete(look);
        resolve();
      };
      const timer = setTimeout(look, withinMs);
      looks.add(look);
    });
    const kept = await store.command(operatorId, requestId);
    if (kept?.state === 'asked' || kept?.state === 'sent') await rung;
    else for (const look of [...looks]) look();
    if (looks.size === 0) waiting.delete(requestId);
    return store.command(operatorId, requestId);
  }

  /** Gives a connected station a new password. The old one holds until the station has taken the new one, and both while that is in doubt. */
  async function rotatePassword(
    operatorId: OperatorId,
    stationId: StationId,
  ): Promise<Accepted | Refused<'stationOffline' | 'unknownStation' | 'stationRefused' | 'inDoubt'>> {
    const link = connections.get(stationId);
    if (!link) return refuse('stationOffline', `station ${stationId} is not connected`);
    const is16 = link.protocol === 'ocpp1.6';
    const secret = await stations.offerPassword(operatorId, stationId, is16 ? 'bytes' : 'text');
    if (!secret) return refuse('unknownStation', `there is no station ${stationId}`);
    const { outcome } = await link.ask(
      is16
        ? { kind: 'setVariable', name: 'AuthorizationKey', value: secret.toString('hex') }
        : { kind: 'setVariable', component: 'SecurityCtrlr', name: 'BasicAuthPassword', value: secret.toString('utf8') },
    );
    if (outcome === 'unknown') return refuse('inDoubt', 'the station did not answer: the password that it uses next is the one that stays');
    await stations.settlePassword(operatorId, stationId, outcome === 'accepted');
    return outcome === 'accepted' ? { accepted: true } : refuse('stationRefused', `the station said: ${outcome}`);
  }

  /** Commands whose answer will not come. */
  async function sweep(): Promise<void> {
    for (const { operatorId, command } of await store.overdue(clock.now())) await settle(operatorId, command, { outcome: 'unknown' });
  }

  /** Warns of certificates that end soon, once at each mark. */
  async function warnOfCertificates(): Promise<number> {
    const now = clock.now();
    let warned = 0;
    for (const days of WARNING_DAYS) {
      for (const { operatorId, stationId, serialNumber, expiresAt } of await store.expiring(now, days)) {
        const details = `certificate ${serialNumber} ends at ${expiresAt.toISOString()}`;
        await store.addSecurityEvent(operatorId, { stationId, type: `CertificateExpiresIn${days}Days`, at: now, heardAt: now, details });
        warned += 1;
      }
    }
    return warned;
  }

  return {
    ...createRevocations({ connections, store, clock, ask }),
    carry,
    ask,
    answered,
    rotatePassword,
    sweep,
    warnOfCertificates,
    connected: () => connections.list().map(({ stationId, protocol }) => ({ stationId, protocol })),
    disconnect: (stationId: StationId, reason: string) => connections.get(stationId)?.close(reason),
    command: store.command,
    commands: store.commands,
    securityEvents: store.securityEvents,
    inventory: store.inventory,
    progress: store.progress,
    certificates: store.certificates,
    async revokeCertificate(operatorId: OperatorId, stationId: StationId, serialNumber: string): Promise<boolean> {
      const revoked = await store.revokeCertificate(operatorId, stationId, serialNumber, clock.now());
      if (revoked) connections.get(stationId)?.close('the certificate was revoked');
      return revoked;
    },
  };
}
