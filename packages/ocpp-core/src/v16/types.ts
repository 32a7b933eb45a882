import { dateTime, type Infer, integer, list, object, oneOf, optional, shared, tenths, text } from '../schema.js';

/** Names a token; compared without regard to case. OCPP 1.6, 7.28 */
export const IdToken = text(20);

/** OCPP 1.6, 7.2 */
export const AuthorizationStatus = oneOf('Accepted', 'Blocked', 'Expired', 'Invalid', 'ConcurrentTx');

/** What the central system says about a token. OCPP 1.6, 7.27 */
export const IdTagInfoType = shared(
  object({ expiryDate: optional(dateTime), parentIdTag: optional(IdToken), status: AuthorizationStatus }),
);
export type IdTagInfoType = Infer<typeof IdTagInfoType>;

/** OCPP 1.6, 7.35 */
export const ReadingContext = oneOf(
  'Interruption.Begin',
  'Interruption.End',
  'Sample.Clock',
  'Sample.Periodic',
  'Transaction.Begin',
  'Transaction.End',
  'Trigger',
  'Other',
);

/** OCPP 1.6, 7.31 */
export const Measurand = oneOf(
  'Energy.Active.Export.Register',
  'Energy.Active.Import.Register',
  'Energy.Reactive.Export.Register',
  'Energy.Reactive.Import.Register',
  'Energy.Active.Export.Interval',
  'Energy.Active.Import.Interval',
  'Energy.Reactive.Export.Interval',
  'Energy.Reactive.Import.Interval',
  'Power.Active.Export',
  'Power.Active.Import',
  'Power.Offered',
  'Power.Reactive.Export',
  'Power.Reactive.Import',
  'Power.Factor',
  'Current.Import',
  'Current.Export',
  'Current.Offered',
  'Voltage',
  'Frequency',
  'Temperature',
  'SoC',
  'RPM',
);

/** OCPP 1.6, 7.34 */
export const Phase = oneOf('L1', 'L2', 'L3', 'N', 'L1-N', 'L2-N', 'L3-N', 'L1-L2', 'L2-L3', 'L3-L1');

/** Celsius is spelt in two ways, and both are right. OCPP 1.6, 7.45 with errata 2025-04 */
export const UnitOfMeasure = oneOf(
  'Wh',
  'kWh',
  'varh',
  'kvarh',
  'W',
  'kW',
  'VA',
  'kVA',
  'var',
  'kvar',
  'A',
  'V',
  'K',
  'Celcius',
  'Celsius',
  'Fahrenheit',
  'Percent',
);

/** One measured value, a decimal number or signed data as text; absent fields mean energy register, Wh, Raw, Outlet. OCPP 1.6, 7.43 */
export const SampledValueType = object({
  value: text(),
  context: optional(ReadingContext),
  format: optional(oneOf('Raw', 'SignedData')),
  measurand: optional(Measurand),
  phase: optional(Phase),
  location: optional(oneOf('Cable', 'EV', 'Inlet', 'Outlet', 'Body')),
  unit: optional(UnitOfMeasure),
});
export type SampledValueType = Infer<typeof SampledValueType>;

/** What was measured at one moment. OCPP 1.6, 7.33 */
export const MeterValueType = shared(object({ timestamp: dateTime, sampledValue: list(SampledValueType) }));
export type MeterValueType = Infer<typeof MeterValueType>;

/** OCPP 1.6, 7.12 */
export const ChargingRateUnit = oneOf('A', 'W');

/** OCPP 1.6, 7.10 */
export const ChargingProfilePurpose = oneOf('ChargePointMaxProfile', 'TxDefaultProfile', 'TxProfile');

/** From `startPeriod` seconds on this limit holds, to a tenth of the unit. OCPP 1.6, 7.14 */
export const ChargingSchedulePeriodType = object({
  startPeriod: integer(),
  limit: tenths,
  numberPhases: optional(integer()),
});
export type ChargingSchedulePeriodType = Infer<typeof ChargingSchedulePeriodType>;

/** OCPP 1.6, 7.13 */
export const ChargingScheduleType = object({
  duration: optional(integer()),
  startSchedule: optional(dateTime),
  chargingRateUnit: ChargingRateUnit,
  chargingSchedulePeriod: list(ChargingSchedulePeriodType),
  minChargingRate: optional(tenths),
});
export type ChargingScheduleType = Infer<typeof ChargingScheduleType>;

/** OCPP 1.6, 7.8 */
export const ChargingProfileType = object({
  chargingProfileId: integer(),
  transactionId: optional(integer()),
  stackLevel: integer(),
  chargingProfilePurpose: ChargingProfilePurpose,
  chargingProfileKind: oneOf('Absolute', 'Recurring', 'Relative'),
  recurrencyKind: optional(oneOf('Daily', 'Weekly')),
  validFrom: optional(dateTime),
  validTo: optional(dateTime),
  chargingSchedule: ChargingScheduleType,
});
export type ChargingProfileType = Infer<typeof ChargingProfileType>;

/** Names a certificate by its issuer and serial number. Security whitepaper, 5.1 */
export const CertificateHashDataType = object({
  hashAlgorithm: oneOf('SHA256', 'SHA384', 'SHA512'),
  issuerNameHash: text(128),
  issuerKeyHash: text(128),
  serialNumber: text(40),
});
export type CertificateHashDataType = Infer<typeof CertificateHashDataType>;
