import type { Clock } from '../kernel/clock.js';
import type { OperatorId } from '../kernel/ids.js';
import { type Accepted, type Refused, refuse } from '../kernel/refusal.js';
import type { Transact } from '../kernel/transact.js';
import type { TariffVersion } from '../model/tariff.js';
import type { OperationsStore } from './store.js';
import { inForceAt, releaseFault } from './tariff-version.js';

export type OperationsService = ReturnType<typeof createService>;

export function createService({ transact, store, clock }: { transact: Transact; store: OperationsStore; clock: Clock }) {
  /** Releases the next version of an own tariff; running sessions keep the one they began with. */
  async function releaseTariff(
    operatorId: OperatorId,
    draft: Omit<TariffVersion, 'version' | 'updatedAt'>,
  ): Promise<Accepted<{ version: number }> | Refused<'invalidTariff'>> {
    return transact(async (tx) => {
      const [before] = await store.versions(tx, operatorId, draft.owner, draft.id);
      const tariff: TariffVersion = { ...draft, version: (before?.version ?? 0) + 1, updatedAt: clock.now() };
      const fault = releaseFault(tariff, before);
      if (fault !== undefined) return refuse('invalidTariff', fault);
      if (!(await store.insertVersion(tx, operatorId, tariff, true)))
        return refuse('invalidTariff', `version ${tariff.version} was released meanwhile: read it, then release again`);
      return { accepted: true, version: tariff.version };
    });
  }

  /** Keeps what a partner says of its tariff; the same content again makes no new version. */
  async function recordPartnerTariff(operatorId: OperatorId, tariff: Omit<TariffVersion, 'version'>): Promise<void> {
    await transact(async (tx) => {
      const [before] = await store.versions(tx, operatorId, tariff.owner, tariff.id);
      if (before && before.updatedAt >= tariff.updatedAt) return;
      await store.insertVersion(tx, operatorId, { ...tariff, version: (before?.version ?? 0) + 1 }, false);
    });
  }

  /** What own tariffs were on sale at a moment, in the order asked for. */
  async function inForce(operatorId: OperatorId, ids: readonly string[], at: Date): Promise<readonly TariffVersion[]> {
    if (ids.length === 0) return [];
    const versions = await store.versionsOf(operatorId, ids);
    return ids.flatMap(
      (id) =>
        inForceAt(
          versions.filter((v) => v.id === id),
          at,
        ) ?? [],
    );
  }

  return {
    releaseTariff,
    recordPartnerTariff,
    inForce,
    /** The version of anybody's tariff that was on sale at a moment, as we knew it. */
    async versionAt(operatorId: OperatorId, owner: TariffVersion['owner'], id: string, at: Date): Promise<TariffVersion | undefined> {
      return inForceAt(await store.versions(undefined, operatorId, owner, id), at);
    },
    /** The same of many at once, at their indexes. */
    async versionsAt(
      operatorId: OperatorId,
      asked: readonly { owner: TariffVersion['owner']; id: string; at: Date }[],
    ): Promise<(TariffVersion | undefined)[]> {
      const nameOf = ({ owner, id }: { owner: string; id: string }) => `${owner}/${id}`;
      const which = [...new Map(asked.map((one) => [nameOf(one), one])).values()];
      const versions = which.length === 0 ? [] : await store.versionsOfMany(operatorId, which);
      const byName = new Map<string, TariffVersion[]>();
      for (const version of versions) byName.set(nameOf(version), [...(byName.get(nameOf(version)) ?? []), version]);
      return asked.map((one) => inForceAt(byName.get(nameOf(one)) ?? [], one.at));
    },
    tariffs: store.newest,
    history: (operatorId: OperatorId, owner: TariffVersion['owner'], id: string) => store.versions(undefined, operatorId, owner, id),
  };
}
