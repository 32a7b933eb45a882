import type { Clock } from '../../../kernel/clock.js';
import type { OperatorId, StationId } from '../../../kernel/ids.js';
import type { Inexpressible } from '../../../model/billing-model.js';
import type { BillingPort } from './ports.js';
import type { KeptModel, YkcStore } from './store.js';

/** Four BCD digits; 0000 is a pile without one. */
const MOST_MODELS = 9999;

export type Current = { model: KeptModel; inexpressible?: Inexpressible } | { model?: undefined; inexpressible: Inexpressible };

/**
 * The model of a pile now. Another tariff makes a model with the next number; a tariff that a pile cannot charge by makes none, and
 * the pile keeps the one it had.
 */
export function createModels({ store, billing, clock }: { store: YkcStore; billing: BillingPort; clock: Clock }) {
  return async function current(operatorId: OperatorId, stationId: StationId): Promise<Current> {
    const before = await store.model(operatorId, stationId);
    const wanted = await billing.modelOf(operatorId, stationId);
    if (!wanted.expressible) return { inexpressible: wanted, ...(before ? { model: before } : {}) } as Current;
    const { model, tariffs } = wanted;
    const isSame = before && JSON.stringify(shape(before)) === JSON.stringify(shape({ model, tariffs }));
    if (isSame) return { model: before };
    const next = Number(before?.number ?? 0) + 1;
    if (next > MOST_MODELS) throw new Error(`pile ${stationId} has had ${MOST_MODELS} billing models: its number space is used up`);
    const made = { number: String(next).padStart(4, '0'), model, tariffs };
    // Somebody else made it at the same moment: theirs counts.
    return (await store.addModel(operatorId, stationId, made, clock.now())) ? { model: made } : current(operatorId, stationId);
  };
}

/** A new version of a tariff is another model even at the same prices: the session shows by which one it was charged. */
const shape = ({ model: { bands, slots }, tariffs }: Pick<KeptModel, 'model' | 'tariffs'>) => ({
  bands: bands.map(({ electricity, service }) => [electricity, service]),
  slots,
  tariffs: tariffs.map(({ owner, id, version }) => [owner, id, version]),
});
