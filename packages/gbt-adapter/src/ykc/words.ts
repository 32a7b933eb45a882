import { bcd, code, decimal, hex, uint } from '../layout/field.js';

/** The 14 digits by which the platform knows a pile (桩编号). */
export const pileCode = bcd(7);
/** The gun's number at its pile, two digits (枪号). */
export const gunNo = bcd(1);
/** The 32 digits of one order: pile code, gun, yyMMddHHmmss, counter (交易流水号). */
export const tradeNo = bcd(16);
/** Logical (printed) card number. */
export const logicCard = hex(8, 'BCD 8');
/** The card's UID, left-padded with zeros. */
export const physicalCard = hex(8, 'BIN 8, card UID');

export const u8 = uint(1);
export const u16 = uint(2);
/** CNY per kWh. */
export const price = decimal(4, 5, 'CNY/kWh');
export const energy = decimal(4, 4, 'kWh');
export const meter = decimal(5, 4, 'kWh');
export const amount = decimal(4, 4, 'CNY');
export const balance = decimal(4, 2, 'CNY');

export const okOrFailed = code({ 0: 'ok', 1: 'failed' });
export const failedOrOk = code({ 0: 'failed', 1: 'ok' });

/** What starts every frame about one pile, and about one of its guns. */
export const ofPile = { pileCode };
export const ofGun = { pileCode, gunNo };
export const ofTrade = { tradeNo, pileCode, gunNo };
