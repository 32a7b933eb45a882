import { createHash } from 'node:crypto';
import { queryEquipBusinessPolicy, type TcecClient, TcecError } from '@evroam/gbt-adapter/tcec102';
import type { Clock } from '../../../kernel/clock.js';
import type { NewId, OperatorId } from '../../../kernel/ids.js';
import type { PartyId } from '../../../model/party.js';
import type { TariffVersion } from '../../../model/tariff.js';
import type { TariffsPort } from '../../ports.js';
import type { TcecPeer } from '../../tcec.js';
import { seqOf } from './names.js';
import { toTariff } from './tariffs.js';

export interface PricesNeeds {
  tariffs: TariffsPort;
  clock: Clock;
  newId: NewId;
}

export type Prices = ReturnType<typeof createPrices>;

/** Prices by which partners of this standard sell: asked for each gun, and kept as tariffs that never change, since their name is their content. */
export function createPrices({ tariffs, clock, newId }: PricesNeeds) {
  /** What a partner's gun costs now; undefined where it has no price, or one that cannot be said here. */
  async function ofGun(
    owner: PartyId,
    { peer, client }: { peer: TcecPeer; client: TcecClient },
    connectorId: string,
  ): Promise<TariffVersion | undefined> {
    const policies = await policiesOf(peer, client, connectorId);
    if (!policies) return undefined;
    const id = `P${createHash('sha256').update(JSON.stringify(policies)).digest('hex').slice(0, 15)}`;
    const known = await tariffs.versionAt(peer.operatorId, owner, id, clock.now());
    if (known) return known;
    const said = toTariff(policies, { owner, id, validFrom: new Date(0) });
    if (!said.accepted) return undefined;
    await tariffs.recordPartnerTariff(peer.operatorId, { ...said.tariff, updatedAt: clock.now() });
    return tariffs.versionAt(peer.operatorId, owner, id, clock.now());
  }

  async function policiesOf(peer: TcecPeer, client: TcecClient, connectorId: string) {
    const EquipBizSeq = seqOf(peer.ourId, newId());
    try {
      const { SuccStat, PolicyInfos } = await client.call(queryEquipBusinessPolicy, { EquipBizSeq, ConnectorID: connectorId });
      if (SuccStat !== 0 || PolicyInfos.length === 0) return undefined;
      return PolicyInfos.map(({ StartTime, ElecPrice, SevicePrice }) => ({ StartTime, ElecPrice, SevicePrice })).sort((a, b) =>
        a.StartTime < b.StartTime ? -1 : 1,
      );
    } catch (error) {
      // A partner that does not serve prices still charges; its bills then wait for a person.
      if (error instanceof TcecError && (error.code === 'Parameters' || error.code === 'Interface')) return undefined;
      throw error;
    }
  }

  /** The tariffs of anybody's connector that were on sale at a moment. */
  const onSale = async (operatorId: OperatorId, owner: PartyId, ids: readonly string[], at: Date): Promise<TariffVersion[]> =>
    (await Promise.all(ids.map((id) => tariffs.versionAt(operatorId, owner, id, at)))).filter((one) => one !== undefined);

  return { ofGun, onSale };
}
