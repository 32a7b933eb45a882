import { type BillingModelReply, type BodyOf, type RealtimeData, stopReason } from '@evroam/gbt-adapter/ykc';
import type { NumberedModel } from '../../../model/billing-model.js';
import type { Sample } from '../../../model/heard.js';
import type { EvseStatus } from '../../../model/location.js';

type Realtime = BodyOf<typeof RealtimeData>;

/** Trade number of a gun where nothing runs. */
export const NO_TRADE = '0'.repeat(32);
export const NO_CARD = '0'.repeat(16);
const MILLI_WH_PER_UNIT = 100;

export const gunText = (number: number): string => String(number).padStart(2, '0');

/** A gun with its plug in and nothing running is no free place. V1.6, 7.10 */
export function toEvseStatus({ status, plugged }: Pick<Realtime, 'status' | 'plugged'>): EvseStatus {
  switch (status) {
    case 0:
      return 'inoperative';
    case 1:
      return 'outOfOrder';
    case 3:
      return 'charging';
    default:
      return plugged === 1 ? 'blocked' : 'available';
  }
}

/** What was measured: the register counts from the start of the session. */
export function toSample({ energyKWh, voltage, current, soc, cableTempC }: Realtime, at: Date): Sample {
  const milli = (measurand: string, value: number, places: number) => ({ measurand, milli: units(value, places) * 10 ** (3 - places) });
  return {
    at,
    registerMilliWh: units(energyKWh, 4) * MILLI_WH_PER_UNIT,
    values: [
      milli('Voltage', voltage, 1),
      milli('Current.Import', current, 1),
      ...(soc > 0 ? [milli('SoC', soc, 0)] : []),
      ...(cableTempC > -50 ? [milli('Temperature', cableTempC, 0)] : []),
    ],
  };
}

/** A model in the words of 0x0A and 0x58. */
export function toModelFrame(pileCode: string, { number, model }: NumberedModel): BodyOf<typeof BillingModelReply> {
  const [sharp, peak, flat, valley] = model.bands;
  const price = (value: number) => value / 1e5;
  return {
    pileCode,
    modelNo: number,
    sharpElecPrice: price(sharp.electricity),
    sharpServicePrice: price(sharp.service),
    peakElecPrice: price(peak.electricity),
    peakServicePrice: price(peak.service),
    flatElecPrice: price(flat.electricity),
    flatServicePrice: price(flat.service),
    valleyElecPrice: price(valley.electricity),
    valleyServicePrice: price(valley.service),
    lossRatio: 0,
    slots48: [...model.slots],
  };
}

/** The stop's reason in OCPP's words where there is one. OCPP 1.6, 7.36 */
export function toReason(value: number): string {
  const { kind, reason } = stopReason(value);
  switch (reason) {
    case 'appStop':
      return 'Remote';
    case 'manualStop':
    case 'socFull':
    case 'energyReached':
    case 'amountReached':
    case 'timeReached':
      return 'Local';
    case 'emergencyStop':
      return 'EmergencyStop';
    case 'pilePowerLoss':
      return 'PowerLoss';
    case 'guideDisconnected':
      return 'EVDisconnected';
    default:
      return kind === 'done' ? 'Local' : 'Other';
  }
}

/** A card's UID as our tokens have it: the pile pads it with zero bytes on the left. */
export const toUid = (physicalCard: string): string => physicalCard.toUpperCase().replace(/^(00)+(?=..)/, '');

/** And back, where a uid fits a card. */
export const toPhysicalCard = (uid: string): string =>
  /^(?:[0-9A-F]{2}){1,8}$/i.test(uid) ? uid.toUpperCase().padStart(16, '0') : NO_CARD;

/** The integer that a decimal of so many places stands for; the codec gives the number next to it. */
export const units = (value: number, places: number): number => Math.round(value * 10 ** places);
